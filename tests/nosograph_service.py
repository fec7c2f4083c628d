"""What tests in Python share: the program, a service of it on a free port, and stubs made from the proto files."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import grpc

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ["NOSOGRAPH_PROGRAM"]
STARTER = ROOT / "terminology/content/starter/icd10cm-tabular-2026-04-01-excerpt.xml"
DERMATOLOGY = ROOT / "terminology/content/dermatology"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"


def skip(reason):
    """Ends the test as skipped."""
    print("skipped:", reason)
    sys.exit(77)


def run(*arguments):
    """Runs the program; its output, after checking that it ended well."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stderr}"
    return done.stdout


def make_stubs(folder):
    """Generates Python modules from proto/ with protoc and imports them: (terminology_pb2, terminology_pb2_grpc)."""
    names = ["nosograph/v1/condition.proto", "nosograph/v1/terminology.proto"]
    plugin = subprocess.run(["which", "grpc_python_plugin"], capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run(
        ["protoc", f"--proto_path={ROOT / 'proto'}", f"--python_out={folder}", f"--grpc_out={folder}",
         f"--plugin=protoc-gen-grpc={plugin}", *names], check=True)
    sys.path.insert(0, str(folder))
    from nosograph.v1 import terminology_pb2, terminology_pb2_grpc
    return terminology_pb2, terminology_pb2_grpc


def make_pki(folder):
    """A CA and certificates of a server, a reader and a releaser in a folder, which is given back."""
    subprocess.run([ROOT / "deploy/pki/development_pki.sh", "make", folder], check=True, stdout=subprocess.DEVNULL)
    return folder


class Service:
    """`nosograph serve` over a data folder, on a free port; ended by SIGTERM."""

    def __init__(self, data, pki=None, more=(), call_log="errors"):
        """With a Pki, over mutual TLS: the channel is a reader's, and `client_options` are those of the command line."""
        tls = [] if pki is None else [
            "--tls-certificate", pki / "server.pem", "--tls-key", pki / "server-key.pem", "--tls-client-ca",
            pki / "ca.pem", "--reader", "spiffe://nosograph.example/reader"]
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", str(data), "--grpc", "127.0.0.1:0", "--call-log", call_log, *map(str, tls), *map(str, more)],
            stdout=subprocess.PIPE, text=True)
        first = self.process.stdout.readline()
        assert first.startswith("serving gRPC on "), first
        self.address = first.split()[3].rstrip(",")
        self.admin = self.process.stdout.readline().split()[-1] if "--admin" in more else None
        options = [("grpc.enable_http_proxy", 0)]
        self.client_options = ["--server", self.address]
        if pki is None:
            self.channel = grpc.insecure_channel(self.address, options=options)
        else:
            credentials = grpc.ssl_channel_credentials(*((pki / name).read_bytes() for name in (
                "ca.pem", "reader-key.pem", "reader.pem")))
            self.channel = grpc.secure_channel(self.address, credentials, options=options)
            self.client_options += ["--tls-ca", str(pki / "ca.pem"), "--tls-certificate", str(pki / "reader.pem"),
                                    "--tls-key", str(pki / "reader-key.pem")]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # With the channel open: an idle client must not hold the service.
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait()
        self.process.stdout.close()
        self.channel.close()
        assert code == 0, f"the service ended with {code}"


def temporary_folder():
    return tempfile.TemporaryDirectory(prefix="nosograph.")
