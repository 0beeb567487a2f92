"""A report as a Word document fit for a note: A4, numbered tables and figures, a footnote on rounding, page numbers.

Tables and figures carry SEQ fields, so that Word makes lists of them; headers of tables repeat on every page; figures
say in words what they show. The language of the text is set, for spelling and for screen readers.
"""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part as OpcPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from optimiser.messages import EUR_MILLION
from optimiser.report.charts import png_of
from optimiser.report.documents.contents import Contents, Figure, Part
from optimiser.report.page import Cell, Findings, Table, Words, words

INK, SOFT, ACCENT = RGBColor(0x17, 0x20, 0x2A), RGBColor(0x52, 0x60, 0x6D), RGBColor(0x0B, 0x5C, 0x92)
PAGE_WIDTH, PAGE_HEIGHT, MARGIN = Cm(21), Cm(29.7), Cm(2.2)
TEXT = Cm(16.6)
PICTURE, HIGHEST = Cm(12.5), Cm(16)
BAND = "E8EEF3"

NARROWEST, WIDEST = 6, 45
"""Letters a column has room for at least, and beyond which text runs over several lines."""

BOLDER = 1.2
"""What a letter of a heading takes against one of the text."""

LONG = 300
"""Letters of a cell from which its row may break over two pages."""

MOST_COLUMNS = 7
"""Of a table on a portrait page; wider ones are shown in their narrow form, where they have one."""

_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


TAGS = {"en": "en-GB", "fr": "fr-FR"}
"""The language Word checks spelling in, where it asks for a country."""


def tag_of(lang: str) -> str:
    """A language as Word names it."""
    return TAGS.get(lang, lang)


def word_of(contents: Contents) -> bytes:
    """The file's bytes."""
    return _Note(contents).bytes()


class _Note:
    """One document being written."""

    def __init__(self, contents: Contents):
        self.contents = contents
        self.say: Words = words(contents.lang)
        self.document: Any = Document()
        self.footnoted = False
        self.counted = {"Table": 0, "Figure": 0}
        self._page()
        self._styles()

    def bytes(self) -> bytes:
        document, contents = self.document, self.contents
        document.core_properties.title = contents.title
        document.core_properties.author = "InvestAI Optimiser"
        document.core_properties.comments = ""
        document.core_properties.language = tag_of(contents.lang)
        document.add_paragraph(contents.title, style="Title")
        for section in contents.sections:
            document.add_heading(section.title, 1)
            for part in section.parts:
                self._part(part)
        document.add_heading(self.say("report.about"), 1)
        for fact in contents.facts:
            self._paragraph(fact, "Note")
        file = io.BytesIO()
        document.save(file)
        return file.getvalue()

    def _page(self) -> None:
        page = self.document.sections[0]
        page.page_width, page.page_height = PAGE_WIDTH, PAGE_HEIGHT
        page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = MARGIN
        foot = page.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _field(foot, "PAGE", "1")
        foot.add_run(" / ")
        _field(foot, "NUMPAGES", "1")

    def _styles(self) -> None:
        from docx.enum.style import WD_STYLE_TYPE

        styles = self.document.styles
        normal = styles["Normal"]
        normal.font.name, normal.font.size, normal.font.color.rgb = "Calibri", Pt(10.5), INK
        normal.paragraph_format.space_after = Pt(5)
        default = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        for properties in (normal.element.get_or_add_rPr(), default):
            for stated in properties.findall(qn("w:lang")):
                properties.remove(stated)
            language = OxmlElement("w:lang")
            language.set(qn("w:val"), tag_of(self.contents.lang))
            properties.append(language)
        for name, size, before in (("Title", 20, 0), ("Heading 1", 14, 18), ("Heading 2", 11.5, 12)):
            style = styles[name]
            style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), ACCENT
            # Headings of the template name fonts of its theme, which would win.
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{key}"), None)
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(5)
        caption = styles["Caption"]
        caption.font.name, caption.font.size, caption.font.bold, caption.font.color.rgb = "Calibri", Pt(10), True, INK
        caption.paragraph_format.keep_with_next = True
        caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(10), Pt(3)
        for name, size in (("Note", 8.5), ("Source", 8.5), ("Footnote Text", 8.5)):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = normal
            style.font.size, style.font.color.rgb = Pt(size), SOFT
            style.paragraph_format.space_after = Pt(2)
        styles["Source"].font.italic = True
        styles["Source"].paragraph_format.space_after = Pt(8)

    def _part(self, part: Part) -> None:
        if isinstance(part, Figure):
            self._figure(part)
        elif isinstance(part, Table):
            self._table(part)
        elif isinstance(part, Findings):
            self.document.add_heading(part.title, 2)
            for f in part.findings:
                paragraph = self.document.add_paragraph(style="List Bullet")
                paragraph.add_run(f"{part.severities[f['severity']]}: ").bold = True
                paragraph.add_run(f"{f['message']} {f['cure']}")
            for note in part.notes:
                self._paragraph(note, "Note")
        else:
            if part.title:
                self.document.add_heading(part.title, 2)
            for sentence in part.sentences:
                self._paragraph(sentence, None)

    def _paragraph(self, text: str, style: str | None) -> Any:
        return self.document.add_paragraph(_clean(text), style=style)

    def _caption(self, kind: str, title: str) -> Any:
        """``Table 3: …`` with a field that Word counts. kind: the English name, by which lists of them are made."""
        paragraph = self.document.add_paragraph(style="Caption")
        paragraph.add_run(f"{self.say(f'report.{kind.lower()}-word')}\u00a0")
        self.counted[kind] += 1
        _field(paragraph, f"SEQ {kind} \\* ARABIC", str(self.counted[kind]))
        if title:
            paragraph.add_run(_clean(f"{self.say('report.colon')}{title}"))
        return paragraph

    def _figure(self, figure: Figure) -> None:
        self._caption("Figure", figure.title)
        picture = io.BytesIO(png_of(figure.chart, self.contents.lang))
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(picture, width=PICTURE)
        if shape.height > HIGHEST:
            shape.width, shape.height = int(shape.width * HIGHEST / shape.height), HIGHEST
        properties = shape._inline.docPr
        properties.set("title", _clean(figure.title))
        properties.set("descr", _clean(figure.says))
        self._paragraph(figure.says, "Note")
        self._paragraph(self.say("report.source"), "Source")

    def _table(self, table: Table) -> None:
        caption = self._caption("Table", table.title)
        if not self.footnoted and self.say.unit(EUR_MILLION) in table.title:
            self.footnoted = True
            self._footnote(caption, self.say("report.rounding"))
        if table.narrow is not None and len(table.columns) > MOST_COLUMNS:
            table = table.narrow
        headed = any(c.title for c in table.columns)
        grid = self.document.add_table(rows=0, cols=len(table.columns))
        grid.alignment = WD_TABLE_ALIGNMENT.CENTER
        grid.autofit = False
        _rules(grid)
        for column, width in zip(grid.columns, _widths(table), strict=True):
            column.width = width
        if headed:
            row = grid.add_row()
            _repeat(row)
            for cell, column in zip(row.cells, table.columns, strict=True):
                _fill(cell, column.title, column.numeric, bold=True)
                _shade(cell)
        for values in table.rows:
            row = grid.add_row()
            if all(len(_text(value)) < LONG for value in values):
                _whole(row)
            for cell, value, column in zip(row.cells, values, table.columns, strict=True):
                _fill(cell, value, column.numeric)
        for note in table.notes:
            self._paragraph(note, "Note")
        self._paragraph(self.say("report.source"), "Source")

    def _footnote(self, paragraph: Any, text: str) -> None:
        """A footnote at the end of a paragraph. The library has none: its part is written here."""
        main = self.document.part
        # The first two are the lines above footnotes, which Word expects.
        content = (
            f"<w:footnotes {nsdecls('w')}>"
            '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
            '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p>'
            "</w:footnote>"
            '<w:footnote w:id="1"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>'
            '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
            '<w:r><w:t xml:space="preserve"> </w:t></w:r><w:r><w:t/></w:r></w:p></w:footnote></w:footnotes>'
        )
        tree = parse_xml(content)
        tree.findall(f".//{qn('w:t')}")[-1].text = text
        blob = serialize_part_xml(tree)
        part = OpcPart(PackURI("/word/footnotes.xml"), _FOOTNOTES, blob, main.package)
        main.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        run = paragraph.add_run()
        run.font.superscript = True
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), "1")
        run._r.append(reference)


def _widths(table: Table) -> list[int]:
    """Of each column, in proportion to what stands in it: numbers whole, long texts in several lines."""
    needs = []
    for n, column in enumerate(table.columns):
        lines = [line for row in table.rows for line in _text(row[n]).split("\n")]
        longest = max(map(len, lines), default=0)
        words_ = max((len(word) * BOLDER for word in column.title.split()), default=0)
        needs.append(max(longest if column.numeric else min(longest, WIDEST), words_, NARROWEST) + 3)
    return [int(TEXT * need / sum(needs)) for need in needs]


def _text(value: Cell) -> str:
    return _clean(value) if isinstance(value, str) else "\n".join(_clean(line) for line in value)


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field that Word works out; what it shows until then."""
    for kind, content in (("begin", None), (None, instruction), ("separate", None), ("text", shown), ("end", None)):
        run = paragraph.add_run()
        if kind in ("begin", "separate", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif kind is None:
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {content} "
            run._r.append(code)
        else:
            run.text = content


def _fill(cell: Any, value: Cell, numeric: bool, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if numeric else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(_text(value))
    run.font.size, run.bold = Pt(8.5), bold


def _rules(grid: Any) -> None:
    """Thin lines between rows, none between columns."""
    borders = parse_xml(
        f"<w:tblBorders {nsdecls('w')}>"
        + "".join(
            f'<w:{edge} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'
            for edge, size, colour in (("top", 8, "17202A"), ("bottom", 8, "17202A"), ("insideH", 4, "D5DCE3"))
        )
        + "</w:tblBorders>"
    )
    grid._tbl.tblPr.append(borders)


def _shade(cell: Any) -> None:
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="{BAND}"/>'))


def _repeat(row: Any) -> None:
    """The header stands on every page the table runs over."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))


def _whole(row: Any) -> None:
    """A row does not break over two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _clean(text: str) -> str:
    """Without the characters XML does not know."""
    return "".join(c for c in text if c in "\t\n" or c >= " ")
