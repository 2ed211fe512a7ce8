// React Flow at its best: memoised node and edge, nothing that can be dragged or selected, the viewport set from outside once a frame.
import React, { memo, useEffect, useMemo } from 'react';
import { createRoot } from 'react-dom/client';
import { BaseEdge, EdgeLabelRenderer, Handle, Position, ReactFlow, getBezierPath, useReactFlow } from '@xyflow/react';
import '@xyflow/react/dist/style.css';

const PHASE_MS = 2000;
const SETTLE_MS = 700;
const WIDTH = 1600;
const HEIGHT = 1000;
const culled = new URLSearchParams(location.search).get('culled') === '1';

const N_PICTURES = 64; // as in canvas-scene.c

const Card = memo(({ data }) => (
  <div style={{ width: 320, height: 240 }}>
    <Handle type="target" position={Position.Left} />
    <img src={`/picture-${data.picture % N_PICTURES}.png`} width={320} height={200} alt="" style={{ borderRadius: 10 }} />
    <div style={{ font: '600 13px sans-serif' }}>{data.title}</div>
    <Handle type="source" position={Position.Right} />
  </div>
));

const Way = memo((props) => {
  const [path, x, y] = getBezierPath(props);
  return (
    <>
      <BaseEdge path={path} markerEnd={props.markerEnd} style={props.style} />
      <EdgeLabelRenderer>
        <div style={{ position: 'absolute', transform: `translate(-50%, -50%) translate(${x}px,${y}px)`, font: '11px sans-serif' }}>{props.data.label}</div>
      </EdgeLabelRenderer>
    </>
  );
});

const nodeTypes = { card: Card };
const edgeTypes = { way: Way };

// As canvas_scene_get_camera().
const getCamera = ([left, top, width, height], phase, t) => {
  const fit = Math.min((WIDTH - 128) / width, (HEIGHT - 128) / height, 1);
  const turn = 2 * Math.PI * t;
  const radius = { pan100: 450, pan25: 1800 }[phase] ?? 0;
  const zoom = { pan100: 1, pan25: 0.25, zoom: fit ** (Math.sin(turn / 2) ** 2), fit: fit * (1 + 0.2 * Math.sin(turn)) }[phase];
  const x = left + width / 2 + radius * (Math.cos(turn) - 1);
  const y = top + height / 2 + radius * Math.sin(turn);
  return { x: WIDTH / 2 - x * zoom, y: HEIGHT / 2 - y * zoom, zoom };
};

const frame = () => new Promise(requestAnimationFrame);
const quantile = (sorted, q) => sorted[Math.min(Math.floor(q * sorted.length), sorted.length - 1)] ?? 0;

async function drive(flow, bounds) {
  for (const phase of ['pan100', 'zoom', 'pan25', 'fit']) {
    flow.setViewport(getCamera(bounds, phase, 0));
    const settle = performance.now();
    while (performance.now() - settle < SETTLE_MS)
      await frame();
    await window.tell({ event: 'begin', phase });
    const begin = await frame();
    const intervals = [];
    for (let last = begin; last - begin < PHASE_MS;) {
      flow.setViewport(getCamera(bounds, phase, (last - begin) / PHASE_MS));
      const now = await frame();
      intervals.push(now - last);
      last = now;
    }
    const missed = intervals.reduce((sum, interval) => sum + Math.max(Math.round(interval / 16.667) - 1, 0), 0);
    intervals.sort((a, b) => a - b);
    await window.tell({ event: 'end', phase, frames: intervals.length, missed, intervalP50: quantile(intervals, 0.5), intervalP95: quantile(intervals, 0.95),
      intervalP99: quantile(intervals, 0.99), intervalMax: quantile(intervals, 1) });
  }
  await window.tell({ event: 'done' });
}

function Driver({ bounds }) {
  const flow = useReactFlow();
  useEffect(() => {
    (async () => {
      while (document.querySelector('.react-flow__node img') === null)
        await frame();
      await frame();
      await window.tell({ event: 'shown' });
      await drive(flow, bounds);
    })();
  }, []);
  return null;
}

function App({ scene }) {
  const nodes = useMemo(() => scene.nodes.map(([x, y], i) => (
    { id: String(i), type: 'card', position: { x, y }, width: 320, height: 240, data: { title: `Section ${i}`, picture: i } })), []);
  const edges = useMemo(() => scene.edges.map(([from, to, width], i) => ({
    id: `e${i}`, type: 'way', source: String(from), target: String(to), style: { strokeWidth: width },
    markerEnd: { type: 'arrowclosed' }, data: { label: `${i % 100} %` } })), []);
  return (
    <div style={{ width: WIDTH, height: HEIGHT }}>
      <ReactFlow defaultNodes={nodes} defaultEdges={edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} defaultViewport={getCamera(scene.bounds, 'pan100', 0)}
        onlyRenderVisibleElements={culled} minZoom={0.001} maxZoom={8} nodesDraggable={false} nodesConnectable={false} elementsSelectable={false}
        nodesFocusable={false} edgesFocusable={false} elevateNodesOnSelect={false} autoPanOnNodeDrag={false} proOptions={{ hideAttribution: true }}>
        <Driver bounds={scene.bounds} />
      </ReactFlow>
    </div>
  );
}

createRoot(document.getElementById('root')).render(<App scene={await (await fetch('/scene.json')).json()} />);
