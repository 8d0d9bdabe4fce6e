"""From an analysis to what people and programs read: terminal, Markdown, JSON. Decides nothing."""
