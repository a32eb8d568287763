"""One spelling for addresses and numbers, or none."""

import pytest

from clm_plugin.profiles.names import (
    email_hash,
    normalise_email,
    normalise_phone,
    phone_hash,
    proven_names,
)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        (" ada@example.com ", "ada@example.com"),
        ("ada＠example.com", "ada@example.com"),  # a full-width @, as some keyboards give
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada+news@example.com", "ada+news@example.com"),  # another address, not another spelling
        ("ada", ""),
        ("@example.com", ""),
        ("ada@", ""),
        ("", ""),
        (f"ada@{'a' * 70}.example", ""),
    ],
)
def test_an_address_has_one_spelling(given: str, wanted: str) -> None:
    assert normalise_email(given) == wanted
    assert email_hash(given) == email_hash(wanted)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("+442079460123", "+442079460123"),
        ("+44 20 7946 0123", "+442079460123"),
        ("+44 (0)20 7946-0123", "+442079460123"),
        ("0044 20/7946.0123", "+442079460123"),
        ("＋４４２０７９４６０１２３", "+442079460123"),
        ("+62 812 3456 7890", "+6281234567890"),
        ("+4915112345678901", ""),  # 16 digits
        ("+12345", ""),
        ("020 7946 0123", ""),  # whose country?
        ("+0442079460123", ""),
        ("+44 20 7946 0123 ext. 4", ""),
        ("+٤٤٢٠٧٩٤٦٠١٢٣", ""),  # digits, but not those of E.164
        ("++442079460123", ""),
        ("+" + "1" * 60, ""),
        ("", ""),
    ],
)
def test_a_number_is_international_or_none(given: str, wanted: str) -> None:
    assert normalise_phone(given) == wanted


def test_a_proof_names_the_address_and_the_guest_orders_under_it() -> None:
    hashed = email_hash("ada@example.com")
    number = phone_hash("+442079460123")
    assert proven_names({"email": "ADA@example.com", "phone": "+44 20 7946 0123"}) == [
        f"email:{hashed}",
        f"guest:{hashed}",
        f"phone:{number}",
    ]
    assert proven_names({"email": "nobody", "phone": "123"}) == []
    assert "ada" not in "".join(proven_names({"email": "ada@example.com"}))
