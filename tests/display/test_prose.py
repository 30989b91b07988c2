"""Texts of agencies become safe HTML."""

from app.display.prose import prose


def test_the_title_is_left_to_the_page():
    assert prose("# Agreement\n\nWelcome.") == "<p>Welcome.</p>"


def test_numbered_lines_become_a_list_with_bold_words():
    assert prose("1. **Name.** Yours.\n2. Safe.") == (
        "<ol><li><b>Name.</b> Yours.</li><li>Safe.</li></ol>"
    )


def test_places_are_filled_and_nothing_typed_becomes_markup():
    text = prose("Call {hotline} <script>**x**", {"hotline": "<b>1</b>"})

    assert text == "<p>Call &lt;b&gt;1&lt;/b&gt; &lt;script&gt;<b>x</b></p>"


def test_lists_and_headings_end_a_paragraph():
    assert prose("One\ntwo\n- three\n## Four") == (
        "<p>One two</p>\n<ul><li>three</li></ul>\n<h2>Four</h2>"
    )
