"""Print every benchmark as Markdown."""

from bench import imports, messages, notify, slots

for part in (slots, imports, messages, notify):
    part.main()
    print(flush=True)
