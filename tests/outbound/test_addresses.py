"""Which web addresses may be fetched, and which network addresses may be asked."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.errors import FileRefused
from openclaw.outbound.addresses import allowed, parse_url, redirected

INSIDE = [
    *("127.0.0.1", "0.1.2.3", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *(
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
    ),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1"),
    *(
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001::1",
        "::127.0.0.1",
        "not an address",
        "",
    ),
]


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_of_this_machine_or_its_network_is_asked(address: str) -> None:
    """Private, loopback, link-local, shared, multicast, metadata, and all that carry such a one (demand N)."""
    with pytest.raises(FileRefused, match="not on the open internet"):
        allowed("example.com", [address])


def test_one_bad_address_spoils_the_name() -> None:
    """A name that leads into the house as well is a trick."""
    assert allowed("example.com", ["93.184.216.34", "2606:2800:220:1::1"]) == [
        "93.184.216.34",
        "2606:2800:220:1::1",
    ]
    with pytest.raises(FileRefused):
        allowed("example.com", ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(FileRefused, match="no address"):
        allowed("example.com", [])


@given(st.ip_addresses())
def test_what_is_allowed_is_global_for_the_standard_library_too(address: ipaddress.IPv4Address) -> None:
    """Never more than Python itself calls global."""
    try:
        allowed("example.com", [str(address)])
    except FileRefused:
        return
    assert address.is_global


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://example.com/a",
            "file:///etc/passwd",
            "gopher://x/",
            "javascript:alert(1)",
            "//example.com/a",
        ),
        *(
            "http://",
            "https:///a",
            "http://user@example.com/",
            "http://user:secret@example.com/",
            "http://:@example.com/",
        ),
        *(
            "http://example.com/a b",
            "http://exa\nmple.com/",
            "http://ex\u0430mple.com/",
            "http://example.com:99999/",
        ),
        *(
            "http://[::1/",
            "http://[fe80::1%25eth0]/",
            "http://example.com\\@evil.example/",
            "http://a/" + "x" * 3000,
        ),
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    """Credentials, other schemes, other scripts and broken ones; the secret in one is not told back."""
    with pytest.raises(FileRefused) as refused:
        parse_url(url)
    assert "secret" not in str(refused.value)


def test_an_address_is_read_as_a_browser_reads_it() -> None:
    """Its name is the last part of its path; a query is not shown."""
    address = parse_url(" https://Example.com:8443/a/b%20c.png?token=t#part ")
    assert (address.host, address.port, address.path) == ("example.com", 8443, "/a/b%20c.png?token=t")
    assert (address.name, address.url) == ("b c.png", "https://example.com:8443/a/b%20c.png")


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("/b", "https://example.com/b"),
        ("c", "https://example.com/x/c"),
        ("//other.example/d", "https://other.example/d"),
    ],
)
def test_a_way_on_is_followed_from_where_it_was_named(location: str, there: str) -> None:
    """Relative ones too (RFC 9110 10.2.2)."""
    assert redirected(parse_url("https://example.com/x/a"), location).url == there


@pytest.mark.parametrize(
    "location", ["http://example.com/", "file:///etc/passwd", "https://u:p@example.com/"]
)
def test_a_way_on_is_judged_like_the_first_address(location: str) -> None:
    """And never leads out of encryption."""
    with pytest.raises(FileRefused):
        redirected(parse_url("https://example.com/a"), location)
