"""What Tools/check-docs reads out of a Markdown page."""

import re


class Page:
    """A page: its links, headings, code and symbols, each with the number of its line."""

    def __init__(self, text):
        self.text = text
        self.line_count = text.count("\n")
        self.links, self.code, self.symbols, headings = [], [], [], []
        fence, block = None, []
        for number, line in enumerate(text.splitlines(), 1):
            if fence:
                if line.strip() == fence[1]:
                    self.code.append((fence[0], "\n".join(block)))
                    fence, block = None, []
                else:
                    block.append(line)
            elif match := re.match(r"\s*(`{3,})", line):
                fence = (number + 1, match[1])
            else:
                if match := re.match(r"#+ +(.*)", line):
                    headings.append(match[1].strip())
                self._read_line(number, line)
        self.title = headings[0] if headings else ""
        self.anchors = anchors(headings)
        paragraphs = re.split(r"\n\s*\n", text)
        self.abstract = " ".join(paragraphs[1].split()) if len(paragraphs) > 1 else ""

    def _read_line(self, number, line):
        self.symbols += [(number, name) for name in re.findall(r"``([^`]+)``", line)]
        plain = re.sub(r"``[^`]+``", "", line)
        # A link's text may be code, its target never is.
        self.links += [(number, target) for target in re.findall(r"\]\(<?([^()<>\s]+)>?\)", plain)]
        self.links += [(number, target) for target in re.findall(r"<(doc:[^>]+)>(?!\))", plain)]
        self.code += [(number, code) for code in re.findall(r"(?<!`)`([^`]+)`(?!`)", plain)]


def anchors(headings):
    """What links may say behind #: as GitHub makes it of a heading, and as DocC does."""
    found = set()
    for heading in headings:
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        github = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        found |= {github, re.sub(r"[^\w\-]+", "-", words).strip("-")}
    return found
