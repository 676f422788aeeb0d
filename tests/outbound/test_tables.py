"""Tables without a table."""

from openclaw.outbound.tables import bullets, columns


def test_columns_align_by_what_the_eye_sees() -> None:
    """Wide characters take two columns and combining marks none (facts E.5, mode `code`)."""
    assert columns([["Name", "€"], ["茶", "3"], ["e\u0301e\u0301", "4"]]) == [
        "Name  €",
        "茶    3",
        "e\u0301e\u0301    4",
    ]


def test_short_rows_are_filled_up() -> None:
    """A row may have fewer cells than the widest one."""
    assert columns([["a", "b"], ["c"]]) == ["a  b", "c"]
    assert columns([]) == []


def test_a_row_becomes_a_bullet_of_facts() -> None:
    """Mode `bullets`: "header: value", without what is empty (facts E.5)."""
    assert bullets([["Tea", "Price", ""], ["green", "3", "hot"], ["", "", ""], ["black", "", ""]]) == [
        "• Tea: green; Price: 3; hot",
        "• Tea: black",
    ]


def test_a_table_without_rows_keeps_its_header() -> None:
    """No word is lost."""
    assert bullets([["Tea", "", "Price"]]) == ["• Tea, Price"]
    assert bullets([]) == []
