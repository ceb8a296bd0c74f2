"""Which servers are spoken to, and how: TLS with an authority that is trusted, or this machine."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ctwork.errors import EnvironmentFailure, UsageError
from ctwork.sources.access import Access
from ctwork.sources.aws.copybook import Copybook
from ctwork.sources.aws.door import Door, check_endpoint
from ctwork.sources.aws.news import Wish
from ctwork.sources.aws.place import S3Place
from ctwork.sources.aws.pull import Pull

LISTING = (
    b"<?xml version='1.0'?><ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a.json</Key><Size>4</Size>"
    b"<ETag>&quot;8d777f385d3dfec8815d20f7496026dc&quot;</ETag><LastModified>2024-05-01T00:00:00Z</LastModified>"
    b"</Contents></ListBucketResult>"
)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = LISTING if "list-type" in self.path else b"data"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("x-amz-bucket-region", "eu-west-1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def secured(tmp_path: Path, own_home: Path) -> Iterator[tuple[str, Path]]:
    """A server with a certificate that nobody has signed: its URL, and the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = tmp_path / "ca.pem", tmp_path / "key.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}", public
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_certificate_that_nobody_trusts_ends_it_before_anything_is_asked(
    secured: tuple[str, Path], tmp_path: Path
) -> None:
    url, _ = secured
    book = Copybook(tmp_path / "copy")
    with pytest.raises(EnvironmentFailure, match="SSL"):
        Pull(S3Place.of("s3://bucket"), book, Door(Access(endpoint=url)), Wish(processes=1))
    book.abandon()


def test_an_authority_that_is_named_is_trusted_by_all_processes(secured: tuple[str, Path], tmp_path: Path) -> None:
    url, authority = secured
    book = Copybook(tmp_path / "copy")
    door = Door(Access(endpoint=url, ca_bundle=str(authority)))
    pull = Pull(S3Place.of("s3://bucket"), book, door, Wish(processes=1))
    assert [item.key for item in pull.run()] == ["a.json"]
    pull.close()
    assert (tmp_path / "copy/bucket/a.json").read_bytes() == b"data"


@pytest.mark.parametrize(
    "url", ["", "https://s3.example.org", "http://127.0.0.1:9000", "http://[::1]:1", "http://localhost"]
)
def test_endpoints_with_tls_or_on_this_machine_are_taken(url: str) -> None:
    check_endpoint(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://s3.example.org",
        "http://10.0.0.1:9000",
        "ftp://127.0.0.1",
        "127.0.0.1:9000",
        "http://localhost.example.org",
    ],
)
def test_others_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no https endpoint"):
        check_endpoint(url)
