"""The Chinese font of printed papers: what names and sentences need, cut from Noto Sans CJK SC.

Run ``python -m app.gateways.paper.cut_font [NotoSansCJK-Regular.ttc]`` to cut it anew.
"""

import sys
from importlib import import_module
from pathlib import Path

from app.gateways.paper.fonts_there import PLACES, VENDORED

OF_NAMES = (
    "喆堃珺玥昇翀旻晞焜琤禛祎甯頔瑀彧嬅赟彣垚犇嫚媖玟翊翯奡昉昳燊樾镕婠晗晟翛甦昫昶炘烜焱煊煐煦熹珣珈琎琇"
    "瑄瑢瑾璟璠瓅祐祺筠綦翎芃芾茜菡萱蓓蘅蕙蕤謇豫赓跞轶迺逯郜郗郄鄢釉钊钰铄铖锟镔闫隗隽雒霂霁靓靖颋颙飏馥骁骞"
    "鬯魏鹍麒麴黟龑仝佘佟侗俶倜偲僖儁冏冼凃刈劭勍匡卞厍吉吾呙哿唛啟喬嗣嘏囡圳坤埕埜堔塬夏夐夔奂奭妘妤妧姈姝姮"
    "娅娣婍婕婧媛媞嫄嫣嬿孛孜宓寯尕屾岑岚岫峂峣峯崟崧嵇嵘巢帔庹庾弢彀徕恺悫愫懋扆承拏揆敉斐斓旸旼昀昕昙昱晁晔"
    "晖晙晳暄暐暕暘暠暨曈曦朕杞杲枞柘柃栐栩桁桭梃梓棻棽森椿楙楠榕槿樑橚欤殷毓沄沅沆沐沚沣泂泃泓泠泩洄洧洵洺浔"
    "浛涴涵淏淙淦淳淼渌渏湉湑湜湲滢滪漩潇潆潓澄澍澔澧濛濠瀚灏炅炆炑炜炫烑烨焓焘煜煵熠熥燏燚爨牟犍猷玎玘玙玠玢"
    "玹珂珅珉珏珑珝珩珮琀琏琚琛琨琪琬琮琯琰琳瑗瑛瑜瑞瑭瑱瑶璁璇璋璐璘璞瓒甡甯畅畯畾皓皛皦睿瞾祁祉祚祯禄禔禤"
    "稷穂穆竑竣笪笮筱箐箫粲綝縠纮绂绎绥绮缇缪羲翙翦翥聂聿胤臧舸芊芙芮芷苒苡苾茀茆茗荀荟荥荻莀莙莜莞莹莼菁菀萁"
    "葳蒨蓁蓥蓼蔺薇薛薰藜蘧虢蜜蝶衎衍袆裎裕褚覃訾諲谌谖谡谧贇贠贾赉赟趯跹軎轩轸轾迮逄逊逯逵邈邬邸邴郇郏郐郓郦"
    "郿鄄鄅鄞鄠鄯酆醴鋆鎏钇钤钲铎铠铤铧铭锃锜锦锴镐镠镡镪闵闶阇阎阮陟陬陶隋隰雯雱霈霏霖霭靑靳鞠韎韪韫韬頔顒"
    "顼颀颉颍颐颢飒馀馗駃骅骊骏骐骢骥髙鲍鲲鳯鳌鸢鸾鹄鹏鹤麋麓麟黎黼鼐龏龚𠮷䶮㛃㻏㬎㑇"
)
"""Characters that people are called by; those beyond GB 2312 among them."""

OTHERS = "·•‧￥¥€—…“”‘’〔〕【】※×÷≤≥＊"


def wanted() -> set[int]:
    """Return the code points: Latin, GB 2312, and what names are written with."""
    found = {*range(0x20, 0x7F), *range(0xA1, 0x100), *map(ord, OF_NAMES + OTHERS)}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            found.update(map(ord, bytes((row, cell)).decode("gb2312", "ignore")))
    return found


def main() -> int:
    """Write the font; return the code of the exit."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else next(filter(Path.exists, PLACES))
    codes = ",".join(f"U+{code:X}" for code in sorted(wanted()))
    import_module("fontTools.subset").main(
        [
            str(source), "--font-number=2", f"--unicodes={codes}", f"--output-file={VENDORED}",
            "--flavor=woff", "--layout-features=", "--no-hinting", "--name-IDs=0,1,2,3,5,13,14",
            "--drop-tables+=GSUB,GPOS,GDEF,BASE,VORG,vhea,vmtx", "--notdef-outline",
        ]
    )  # fmt: skip
    sys.stdout.write(f"{len(wanted())} characters, {VENDORED.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
