/** The numbers of the `count` highest scores above 0, highest first; of equal ones the lower number first. */
export function topOf(scores: Float32Array, count: number): number[] {
  const heap: number[] = [];
  const worse = (a: number, b: number) => {
    const difference = (scores[a] ?? 0) - (scores[b] ?? 0);
    return difference < 0 || (difference === 0 && a > b);
  };
  const at = (place: number) => heap[place] ?? 0;
  const swap = (a: number, b: number) => {
    const kept = at(a);
    heap[a] = at(b);
    heap[b] = kept;
  };
  const sink = () => {
    for (let place = 0; ; ) {
      let least = place;
      for (const child of [2 * place + 1, 2 * place + 2])
        if (child < heap.length && worse(at(child), at(least))) least = child;
      if (least === place) return;
      swap(place, least);
      place = least;
    }
  };
  for (let number = 0; number < scores.length; number++) {
    if ((scores[number] ?? 0) <= 0) continue;
    if (heap.length < count) {
      heap.push(number);
      for (let place = heap.length - 1; place > 0; ) {
        const parent = (place - 1) >> 1;
        if (!worse(at(place), at(parent))) break;
        swap(place, parent);
        place = parent;
      }
    } else if (heap.length > 0 && worse(at(0), number)) {
      heap[0] = number;
      sink();
    }
  }
  return heap.sort((a, b) => (worse(a, b) ? 1 : -1));
}
