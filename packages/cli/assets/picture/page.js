/* What the picture of `skerry graph --html` does. It works without: this adds folding, moving, highlighting, searching and details. */
(() => {
  'use strict';
  const data = JSON.parse(document.getElementById('data').textContent);
  const $ = (id) => document.getElementById(id);
  const picture = $('picture');
  const details = $('details');
  const search = $('search');

  /* What there is */

  const cards = new Map(data.cards.map((card) => [card.id, card]));
  const items = new Map();
  for (const card of data.cards) {
    items.set(card.id, { ...card, card, isCard: true });
    for (const row of card.rows) items.set(row.id, { ...row, card });
  }
  const elements = new Map([...document.querySelectorAll('.item')].map((each) => [each.dataset.id, each]));
  const groups = new Map([...document.querySelectorAll('.card')].map((each) => [each.dataset.card, each]));
  const arrows = [...document.querySelectorAll('.arrow')].map((element, index) => {
    const { from, to } = element.dataset;
    return { element, from, to, kind: element.classList[1], index };
  });
  /** A handler or a subscription is part of its service. */
  const whole = (id) => items.get(id)?.owner ?? id;
  const outgoing = new Map();
  const incoming = new Map();
  for (const arrow of arrows) {
    add(outgoing, whole(arrow.from), arrow);
    add(incoming, whole(arrow.to), arrow);
  }
  function add(map, key, value) {
    if (map.has(key)) map.get(key).push(value);
    else map.set(key, [value]);
  }

  /* Where it stands: as it was laid out with all cards open, or all folded, and moved by those that are not so. */

  let way = data.folded ? 'brief' : 'full';
  const folded = new Set();
  function foldSome(all) {
    folded.clear();
    for (const card of data.cards) if (foldable(card) && (all || card.aside)) folded.add(card.id);
  }
  foldSome(data.folded);
  function foldable(card) {
    return card.rows.length > 0;
  }
  const heightNow = (card) => card.height[folded.has(card.id) ? 'brief' : 'full'];
  const heightThen = (card) => card.height[way === 'brief' || card.aside ? 'brief' : 'full'];
  /** How much the cards above that height of a column have grown. */
  function shift(column, y) {
    let grown = 0;
    for (const card of data.cards) {
      if (card.column !== column || card.top[way] >= y) continue;
      grown += heightNow(card) - heightThen(card);
    }
    return grown;
  }
  const topNow = (card) => card.top[way] + shift(card.column, card.top[way]);

  /** What a search has found, and which of it was gone to last. */
  let matches = [];
  let current = -1;

  function place() {
    const tops = new Map(data.cards.map((card) => [card.id, topNow(card)]));
    for (const [id, group] of groups) {
      const card = cards.get(id);
      group.setAttribute('transform', `translate(${data.columns[card.column].left} ${tops.get(id)})`);
      group.classList.toggle('folded', folded.has(id));
      group.querySelector('.box').setAttribute('height', heightNow(card));
      if (foldable(card)) elements.get(id).setAttribute('aria-expanded', String(!folded.has(id)));
    }
    const end = (id) => {
      const { card, y, isCard } = items.get(id);
      const below = isCard || folded.has(card.id) ? data.sizes.head / 2 : y;
      return { column: card.column, y: tops.get(card.id) + below };
    };
    const seen = new Set();
    for (const { element, from, to, kind } of arrows) {
      const [a, b] = [items.get(from).card, items.get(to).card];
      const within = a === b;
      // Of those that fold into the same, one is enough.
      const key = `${folded.has(a.id) ? a.id : from}\n${folded.has(b.id) ? b.id : to}\n${kind}`;
      element.classList.toggle('gone', (within && folded.has(a.id)) || seen.has(key));
      seen.add(key);
      element.setAttribute(
        'd',
        within ? paths.within(placed(end(from)), end(to).y) : pathBetween(end(from), end(to), a, b),
      );
    }
    markFound();
    $('fold').textContent = way === 'brief' ? 'Open all' : 'Fold all';
  }

  // Written before this script: src/picture/arrow-path.ts.
  const paths = arrowPaths(data.sizes.gutter);
  const placed = ({ column, y }) => ({ column: data.columns[column], y });
  function pathBetween(from, to, fromCard, toCard) {
    const route = data.routes[`${fromCard.id}\n${toCard.id}`];
    const step = to.column >= from.column ? 1 : -1;
    const passed = (route ? route[way] : []).map((height, index) => {
      const column = from.column + step * (index + 1);
      return placed({ column, y: height + shift(column, height) });
    });
    return paths.between(placed(from), placed(to), passed);
  }

  function fold(id, closed) {
    if (!foldable(cards.get(id))) return;
    if (closed) folded.add(id);
    else folded.delete(id);
    place();
    show(chosen);
  }
  function foldAll() {
    way = way === 'full' ? 'brief' : 'full';
    foldSome(way === 'brief');
    place();
    show(chosen);
    fit(true);
  }

  /* Which part of it is seen */

  let view = { x: 0, y: 0, width: 1, height: 1 };
  function look(next) {
    view = next;
    picture.setAttribute('viewBox', `${view.x} ${view.y} ${view.width} ${view.height}`);
  }
  function bounds() {
    const tops = data.cards.map((card) => [topNow(card), heightNow(card)]);
    const top = Math.min(0, ...tops.map(([y]) => y)) - 32;
    const bottom = Math.max(80, ...tops.map(([y, height]) => y + height)) + 32;
    const [first, last] = [data.columns[0], data.columns.at(-1)];
    const left = (first ? first.left : 0) - 32;
    return { x: left, y: top, width: (last ? last.right : 200) + 32 - left, height: bottom - top };
  }
  // Below that nothing can be read.
  const least = 0.42;
  /** All of it; a small picture is not blown up. At the beginning of a large one: as much as can be read. */
  function fit(begin) {
    const all = bounds();
    const { clientWidth, clientHeight } = picture;
    const scale = Math.min(1.15, clientWidth / all.width, clientHeight / all.height) || 1;
    const used = begin === true ? Math.max(scale, least) : scale;
    const [width, height] = [clientWidth / used, clientHeight / used];
    // What is too wide begins at its left, and what is too high at its top.
    const from = (start, length, seen) => (length > seen && begin === true ? start : start + (length - seen) / 2);
    look({ x: from(all.x, all.width, width), y: from(all.y, all.height, height), width, height });
  }
  function zoom(factor, x = picture.clientWidth / 2, y = picture.clientHeight / 2) {
    const width = Math.min(Math.max(view.width / factor, 120), 60_000);
    const ratio = width / view.width;
    const [fx, fy] = [x / picture.clientWidth, y / picture.clientHeight];
    const height = view.height * ratio;
    look({ x: view.x + (view.width - width) * fx, y: view.y + (view.height - height) * fy, width, height });
  }
  /** Moves so far that an item is seen. */
  function reveal(id) {
    const { card, y = 0 } = items.get(id);
    if (folded.has(card.id) && id !== card.id) fold(card.id, false);
    const column = data.columns[card.column];
    const [x, at] = [(column.left + column.right) / 2, topNow(card) + y];
    const margin = 0.08;
    let next = view;
    // Too small to be read: nearer.
    const most = picture.clientWidth / 0.75;
    if (next.width > most) {
      const height = (next.height * most) / next.width;
      next = { x: x - most / 2, y: at - height / 2, width: most, height };
    }
    const outside =
      column.left < next.x + next.width * margin ||
      column.right > next.x + next.width * (1 - margin) ||
      at < next.y + next.height * margin ||
      at > next.y + next.height * (1 - margin);
    if (outside) next = { ...next, x: x - next.width / 2, y: at - next.height / 2 };
    if (next !== view) look(next);
  }

  /* What an item needs, and what needs it */

  const isRelation = ({ kind }) => kind !== 'imports';
  /** Arrows on the way from an item, those of its own first; Skerry's blocks need nothing that is shown. */
  function reach(starts, next, end) {
    const found = new Map();
    let border = starts;
    for (let distance = 0; border.length > 0; distance++) {
      const further = [];
      for (const id of border) {
        for (const arrow of (next.get(id) ?? []).filter((each) =>
          distance === 0 ? true : isRelation(each) && each.kind !== 'block',
        )) {
          if (found.has(arrow)) continue;
          found.set(arrow, distance);
          further.push(whole(arrow[end]));
        }
      }
      border = [...new Set(further)];
    }
    return found;
  }
  function startsOf(id) {
    const item = items.get(id);
    if (!item.isCard) return [whole(id)];
    return [id, ...item.card.rows.filter(({ owner }) => !owner).map((row) => row.id)];
  }

  let chosen;
  const marks = ['this', 'lit-item', 'near-up', 'near-down', 'far-up', 'far-down'];
  function show(id) {
    for (const element of document.querySelectorAll('.lit-item')) element.classList.remove(...marks);
    for (const { element } of arrows) element.classList.remove('near', 'far', 'up', 'down');
    picture.classList.toggle('lit', id !== undefined);
    if (id === undefined) return;
    mark(id, 'this');
    const starts = startsOf(id);
    for (const each of starts) mark(each);
    for (const row of items.get(id).card.rows) if (starts.includes(whole(row.id))) mark(row.id);
    const visible = new Map();
    for (const [next, end, direction] of [
      [outgoing, 'to', 'down'],
      [incoming, 'from', 'up'],
    ]) {
      for (const [arrow, distance] of reach(starts, next, end)) {
        const nearness = distance === 0 ? 'near' : 'far';
        arrow.element.classList.add(nearness, direction);
        mark(arrow[end], `${nearness}-${direction}`);
        mark(whole(arrow[end]));
        mark(arrow.to);
        if (folded.has(items.get(arrow[end]).card.id)) mark(items.get(arrow[end]).card.id, `${nearness}-${direction}`);
        visible.set(arrow, nearness);
      }
    }
    // One that was folded into another shows there.
    for (const [arrow] of visible) if (arrow.element.classList.contains('gone')) light(arrow);
  }
  function light(hidden) {
    const [a, b] = [items.get(hidden.from).card, items.get(hidden.to).card];
    if (a === b) return;
    hidden.element.classList.remove('gone');
  }
  function mark(id, ...names) {
    elements.get(id)?.classList.add('lit-item', ...names);
  }
  const unlight = () => {
    place();
    show(chosen);
  };

  /* Details */

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }
  function choose(id, options = {}) {
    chosen = id;
    place();
    show(id);
    details.hidden = id === undefined;
    if (id === undefined) return;
    const { name, kind, card, facts, isCard } = items.get(id);
    const where = isCard ? data.applications[card.application] : card.name;
    const short = facts.filter(({ long }) => !long);
    const children = [
      element('button', {
        className: 'close',
        type: 'button',
        textContent: '×',
        ariaLabel: 'Close',
        onclick: () => choose(),
      }),
      element('h2', { textContent: name }),
      element('p', {
        className: 'kind',
        textContent: [kindText(kind, isCard), where].filter(Boolean).join(' in '),
      }),
      element(
        'dl',
        {},
        ...short.flatMap(({ label, text }) => [
          element('dt', { textContent: label }),
          element('dd', { textContent: text }),
        ]),
      ),
      ...facts
        .filter(({ long }) => long)
        .map(({ label, text }) =>
          element('details', {}, element('summary', { textContent: label }), element('pre', { textContent: text })),
        ),
      ...neighbours(id),
    ];
    details.replaceChildren(...children);
    details.scrollTop = 0;
    if (options.reveal !== false) reveal(id);
  }
  function kindText(kind, isCard) {
    if (isCard) return { skerry: 'building blocks of Skerry', service: 'a service' }[kind] ?? kind;
    return { existing: 'another name', block: 'building block' }[kind] ?? (kind === 'class' ? 'provider' : kind);
  }
  const verbs = {
    ...{ calls: ['calls', 'called by'], needs: ['needs', 'needed by'], lazy: ['needs lazily', 'lazily needed by'] },
    ...{ publishes: ['publishes', 'published by'], delivers: ['delivers to', 'takes from'] },
    ...{ imports: ['imports', 'imported by'], block: ['uses of Skerry', 'used by'] },
  };
  function neighbours(id) {
    const { isCard, card } = items.get(id);
    const lists = new Map();
    const own = startsOf(id);
    for (const [map, end, direction, which] of [
      [outgoing, 'to', 'down', 0],
      [incoming, 'from', 'up', 1],
    ]) {
      for (const arrow of own.flatMap((each) => map.get(each) ?? [])) {
        if (isCard && items.get(arrow[end]).card === card) continue;
        const title = verbs[arrow.kind][which];
        if (!lists.has(title)) lists.set(title, { direction, ids: new Set() });
        lists.get(title).ids.add(arrow[end]);
      }
    }
    const parts = card.rows.filter(({ owner }) => (isCard ? owner === undefined || owner === id : owner === id));
    const has = isCard && card.kind !== 'service' ? 'has' : 'offers and takes';
    if (parts.length > 0) lists.set(has, { direction: '', ids: new Set(parts.map((row) => row.id)) });
    const titles = [has, ...Object.values(verbs).flat()];
    const sorted = [...lists].sort(([a], [b]) => titles.indexOf(a) - titles.indexOf(b));
    return sorted.flatMap(([title, { direction, ids }]) => [
      element('h3', { className: direction, textContent: title }),
      element(
        'ul',
        {},
        ...[...ids].map((each) => {
          const item = items.get(each);
          const place = item.isCard || item.card === card ? '' : item.card.name;
          const button = element(
            'button',
            { type: 'button', onclick: () => choose(each) },
            item.name,
            element('span', { textContent: place }),
          );
          return element('li', {}, button);
        }),
      ),
    ]);
  }

  /* Search */

  function find() {
    const wanted = search.value.trim().toLowerCase();
    current = -1;
    const text = ({ name, note, facts }) =>
      [name, note, ...facts.filter(({ long }) => !long).map((each) => each.text)].join('\n').toLowerCase();
    matches =
      wanted === '' ? [] : [...items.values()].filter((item) => text(item).includes(wanted)).map(({ id }) => id);
    // What is called so comes before what only mentions it.
    matches.sort((a, b) => Number(named(b, wanted)) - Number(named(a, wanted)));
    markFound();
    $('found').value = wanted === '' ? '' : matches.length === 0 ? 'nothing' : `${matches.length} found`;
  }
  /** What a folded card hides is found in its head. */
  function markFound() {
    for (const found of document.querySelectorAll('.found')) found.classList.remove('found');
    for (const id of matches) {
      const { card } = items.get(id);
      elements.get(folded.has(card.id) ? card.id : id).classList.add('found');
    }
  }
  const named = (id, wanted) => items.get(id).name.toLowerCase().includes(wanted);
  function nextMatch(step) {
    if (matches.length === 0) return;
    current = (current + step + matches.length) % matches.length;
    choose(matches[current]);
    $('found').value = `${current + 1} of ${matches.length}`;
  }

  /* Keyboard: one stop for all of the picture; arrow keys go on from there. */

  let stop;
  function stopAt(id, focus = true) {
    if (stop !== undefined) elements.get(stop).tabIndex = -1;
    stop = id;
    elements.get(id).tabIndex = 0;
    if (focus) elements.get(id).focus({ preventScroll: true });
  }
  function order() {
    const visible = (id) => !folded.has(items.get(id).card.id) || items.get(id).isCard;
    return [...items.keys()].filter(visible).sort((a, b) => {
      const [one, other] = [items.get(a), items.get(b)];
      return (
        one.card.column - other.card.column ||
        topNow(one.card) + (one.isCard ? 0 : one.y) - topNow(other.card) - (other.isCard ? 0 : other.y)
      );
    });
  }
  function move(key) {
    if (key === 'ArrowUp' || key === 'ArrowDown') {
      const all = order();
      return all[all.indexOf(stop) + (key === 'ArrowDown' ? 1 : -1)];
    }
    const [map, end] = key === 'ArrowRight' ? [outgoing, 'to'] : [incoming, 'from'];
    return map.get(whole(stop))?.map((arrow) => arrow[end])[0];
  }
  picture.addEventListener('keydown', (event) => {
    if (stop === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key.startsWith('Arrow')) {
      const next = move(key);
      if (next !== undefined) {
        reveal(next);
        stopAt(next);
        if (chosen !== undefined) choose(next);
        else show(next);
      }
    } else if (key === 'Enter') choose(stop);
    else if (key === ' ') fold(items.get(stop).card.id, !folded.has(items.get(stop).card.id));
    else return;
    event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      if (event.target === search && search.value !== '') search.value = '';
      else choose();
      find();
      return;
    }
    if (event.target === search) {
      if (event.key === 'Enter') nextMatch(event.shiftKey ? -1 : 1);
      return;
    }
    const act = {
      '/': () => search.focus(),
      '+': () => zoom(1.25),
      '=': () => zoom(1.25),
      '-': () => zoom(0.8),
      0: fit,
      f: foldAll,
      F: foldAll,
    }[event.key];
    if (!act) return;
    act();
    event.preventDefault();
  });

  /* Pointer */

  let drag;
  const itemAt = (target) => (target instanceof Element ? target.closest('.item')?.dataset.id : undefined);
  picture.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    drag = {
      x: event.clientX,
      y: event.clientY,
      view,
      moved: false,
      id: itemAt(event.target),
      fold: event.target.closest('.fold') !== null,
    };
    if (!drag.id) picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener('pointermove', (event) => {
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < 4) return;
    drag.moved = true;
    picture.classList.add('moving');
    const scale = drag.view.width / picture.clientWidth;
    look({ ...drag.view, x: drag.view.x - dx * scale, y: drag.view.y - dy * scale });
  });
  for (const type of ['pointerup', 'pointercancel']) {
    window.addEventListener(type, () => {
      if (!drag) return;
      const { moved, id } = drag;
      picture.classList.remove('moving');
      const click = !moved && type === 'pointerup';
      const head = drag.fold;
      drag = undefined;
      if (!click) return;
      if (id === undefined) choose();
      else if (head) fold(id, !folded.has(id));
      else {
        stopAt(id);
        choose(id, { reveal: false });
      }
    });
  }
  picture.addEventListener('dblclick', (event) => {
    const id = itemAt(event.target);
    if (id !== undefined && items.get(id).isCard) fold(id, !folded.has(id));
  });
  picture.addEventListener('pointerover', (event) => {
    if (drag?.moved || chosen !== undefined) return;
    const id = itemAt(event.target);
    if (id === undefined) unlight();
    else show(id);
  });
  picture.addEventListener('pointerleave', unlight);
  picture.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const { left, top } = picture.getBoundingClientRect();
      const lines = event.deltaMode === 1 ? 16 : 1;
      zoom(Math.exp((-event.deltaY * lines) / 500), event.clientX - left, event.clientY - top);
    },
    { passive: false },
  );

  /* Buttons, paper, and the beginning */

  $('fold').onclick = foldAll;
  $('in').onclick = () => zoom(1.25);
  $('out').onclick = () => zoom(0.8);
  $('fit').onclick = fit;
  search.addEventListener('input', find);
  let seen;
  window.addEventListener('beforeprint', () => {
    seen = view;
    look(bounds());
  });
  window.addEventListener('afterprint', () => {
    look(seen);
    seen = undefined;
  });
  // What is seen stays where and as large as it is.
  let size = { width: picture.clientWidth, height: picture.clientHeight };
  new ResizeObserver(() => {
    const { clientWidth, clientHeight } = picture;
    // The size of a sheet is none of its own.
    if (seen !== undefined || !(clientWidth > 0 && clientHeight > 0)) return;
    const scale = size.width / view.width;
    size = { width: clientWidth, height: clientHeight };
    look({ ...view, width: clientWidth / scale, height: clientHeight / scale });
    if (chosen !== undefined) reveal(chosen);
  }).observe(picture);
  document.documentElement.classList.add('live');
  $('tools').hidden = false;
  place();
  fit(true);
  const first = order()[0];
  if (first !== undefined) stopAt(first, false);
  document.documentElement.dataset.ready = 'true';
})();
