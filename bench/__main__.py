"""Print every benchmark as Markdown."""

from bench import imports, messages, slots

for part in (slots, imports, messages):
    part.main()
    print(flush=True)
