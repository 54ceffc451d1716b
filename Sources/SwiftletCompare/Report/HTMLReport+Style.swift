extension HTMLReport {
  /// The style sheet: follows the reader's light or dark setting, prints well.
  static let style = """
    :root { color-scheme: light dark; --ink: #1c2430; --soft: #5c6879; --line: #dde3ea;
      --ground: #f6f8fa; --panel: #ffffff; --bar: #7aa7d9; --high: #e3a34f; --worst: #d1495b;
      --good: #2b8a57; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6ebf2; --soft: #9aa7b8;
      --line: #303a47; --ground: #12171e; --panel: #1b222c; --bar: #4f7fb5; --high: #c98a37;
      --worst: #e0616f; --good: #5fc08d; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
    h1 { font-size: 28px; margin: 0 0 12px; letter-spacing: -0.01em; }
    h2 { font-size: 20px; margin: 40px 0 6px; }
    h3, h4, h5 { margin: 0; font-weight: 600; }
    p { margin: 0 0 12px; color: var(--soft); max-width: 70ch; }
    .facts { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0 0 20px; }
    .facts dt { color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; }
    .warning { color: var(--ink); border-left: 4px solid var(--high); padding: 6px 12px;
      background: var(--panel); max-width: none; }
    .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 12px; }
    .card, figure, article { background: var(--panel); border: 1px solid var(--line);
      border-radius: 10px; }
    .card { padding: 14px 16px; }
    .card h3 { font-size: 13px; color: var(--soft); }
    .card b { display: block; font-size: 26px; line-height: 1.3; font-variant-numeric: tabular-nums; }
    .card b.layer { font-size: 18px; line-height: 1.9; overflow-wrap: anywhere; }
    .card span { font-size: 13px; color: var(--soft); }
    .card em { font-style: normal; } em.bad { color: var(--worst); } em.good { color: var(--good); }
    figure { margin: 0; padding: 12px; overflow-x: auto; }
    svg { width: 100%; min-width: 720px; display: block; }
    svg text { font: 11px ui-monospace, "SF Mono", Menlo, Consolas, monospace; fill: var(--ink); }
    svg text.axis, svg text.value { fill: var(--soft); }
    svg text.worst { fill: var(--worst); font-weight: 700; }
    svg .tick { stroke: var(--line); }
    svg .bar { fill: var(--bar); } svg .bar.high { fill: var(--high); }
    svg .bar.worst { fill: var(--worst); }
    svg .row:hover .bar { opacity: 0.75; }
    .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(480px, 100%), 1fr)); gap: 12px; }
    article { display: flex; gap: 14px; padding: 12px; min-width: 0; }
    article > div { flex: 1; min-width: 0; }
    article img { border-radius: 6px; flex: none; object-fit: cover; width: 128px; height: 128px; }
    h4 { font-size: 14px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .truth { font-size: 13px; margin: 0 0 6px; }
    .tops { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 12px; }
    h5 { font-size: 12px; color: var(--soft); }
    ol { list-style: none; margin: 0; padding: 0; font-size: 12px; }
    ol li { position: relative; display: flex; gap: 6px; padding: 1px 4px; }
    ol i { position: absolute; inset: 1px auto 1px 0; background: var(--bar); opacity: 0.28;
      border-radius: 3px; }
    ol span { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    ol b { font-weight: 500; font-variant-numeric: tabular-nums; }
    ol li.right span { color: var(--good); font-weight: 700; }
    @media (max-width: 560px) { .grid { grid-template-columns: 1fr; }
      article { flex-direction: column; } }
    """
}
