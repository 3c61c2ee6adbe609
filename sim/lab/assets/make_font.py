"""Makes ShortvideoSansSC.otf: `python make_font.py NotoSansCJK-Regular.ttc`, needs fonttools.

GB 2312 level 1 (3,755 characters), its symbols, Latin, Greek, and every character that this
repository writes. Renamed, as the licence asks of a changed font with a reserved name.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

HERE = Path(__file__).parent
NAME = "Shortvideo Sans SC"
TEXT = (".py", ".toml", ".md", ".html", ".js", ".css", ".txt")  # files that hold words


def gb2312(first: int, last: int) -> str:
    """The characters of rows `first` to `last` of the standard."""
    cells = (bytes([a, b]) for a in range(first, last + 1) for b in range(0xA1, 0xFF))
    return "".join(cell.decode("gb2312", errors="ignore") for cell in cells)


def written() -> str:
    """All text from which a figure or a drawn page may take its words."""
    root = HERE.parents[2]
    files = [f for part in ("sim", "lessons", "agents") for f in (root / part).rglob("*")]
    return "".join(f.read_text(encoding="utf-8") for f in files if f.suffix in TEXT)


def letters() -> str:
    plain = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x391, 0x3CA)]))
    return gb2312(0xB0, 0xD7) + gb2312(0xA1, 0xA1) + gb2312(0xA3, 0xA3) + plain + written()


def main(source: str) -> None:
    fonts = TTCollection(source).fonts
    font = next(f for f in fonts if f["name"].getDebugName(4) == "Noto Sans CJK SC")
    options = subset.Options(layout_features=["kern", "liga"], hinting=False, name_IDs=["*"])
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    tool = subset.Subsetter(options)
    tool.populate(text=letters())
    tool.subset(font)
    own = {1: NAME, 2: "Regular", 3: NAME, 4: NAME, 6: NAME.replace(" ", "")}
    own[10] = "A subset of Noto Sans CJK SC Regular, made for shortvideo-sim."
    table = font["name"]
    table.names = [n for n in table.names if n.nameID in (0, 5, 13, 14) and n.langID == 0x409]
    for name_id, text in own.items():
        table.setName(text, name_id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [own[6]]
    cff.topDictIndex[0].FullName = cff.topDictIndex[0].FamilyName = NAME
    font.save(HERE / "ShortvideoSansSC.otf")


if __name__ == "__main__":
    main(sys.argv[1])
