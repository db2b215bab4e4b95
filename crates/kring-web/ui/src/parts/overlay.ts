// Puts what opens over the page beside what it belongs to: under it, or above it where there is no room.
// Rule: it lies in the browser's top layer, so that nothing that scrolls cuts it off.

type Where = { of: HTMLElement; above?: boolean; wide?: boolean };

export function beside(layer: HTMLElement, { of, above = false, wide = false }: Where): void {
  const box = of.getBoundingClientRect();
  if (wide) layer.style.width = `${box.width}px`;
  const { offsetHeight: height, offsetWidth: width } = layer;
  const room = { below: innerHeight - box.bottom - 8, above: box.top - 8 };
  const up = above ? room.above >= height || room.above > room.below : room.below < height && room.above > room.below;
  layer.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  layer.style.top = `${up ? Math.max(8, box.top - height - 4) : box.bottom + 4}px`;
}
