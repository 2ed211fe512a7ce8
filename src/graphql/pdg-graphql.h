#pragma once

/* The engine's public face: load a schema and bind it, prepare a request, execute it. */
#include "graphql/pdg-gql-call.h"
#include "graphql/pdg-gql-operation.h"
#include "graphql/pdg-gql-schema.h"
#include "graphql/pdg-gql-value.h"
#include "graphql/pdg-gql-writer.h"
