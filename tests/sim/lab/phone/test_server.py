"""The phone's page is for this computer, this browser and this page alone."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sim.lab.phone import page
from sim.lab.phone.server import MOST, Server
from sim.lab.phone.session import Session
from sim.lab.phone.timeline import Timeline, params_of
from sim.lab.run.agents import cast
from sim.play import main

ROOT = Path(__file__).parents[4]
NANO = ["viewer", "--world", "nano", "--days", "1", "--other", "none", "--agent", "popular"]


@pytest.fixture(scope="module")
def server():
    (spec,), _ = cast(["popular"], None, {})
    session = Session([Timeline.begun(spec, params_of("nano", "kuaishou"), 0, 1)])
    text, policy = page.html("en", 4.0)
    with Server(session, text, policy, 0) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def ask(server, method="POST", path=None, body=None, **headers):
    """Code, headers, text."""
    to = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    path = f"/{server.secret}/act" if path is None else path
    body = json.dumps({"verb": "state"}) if body is None and method == "POST" else body
    told = {
        "Content-Type": "application/json",
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    to.request(method, path, body, told)
    answer = to.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read().decode()


def test_the_page_comes_with_a_policy_that_lets_its_own_script_run_and_nothing_else(server):
    code, headers, text = ask(server, "GET", f"/{server.secret}/")
    assert code == 200
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy and "connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy and headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"https?://", text)  # no address, and so no network
    assert re.findall(r"<script[^>]*>", text) == [
        '<script type="application/json" id="config">', "<script>"
    ]  # fmt: skip


def test_the_phone_is_asked_and_answers(server):
    code, _, text = ask(server)
    assert code == 200 and json.loads(text)["timelines"][0]["agent"] == "popular"


@pytest.mark.parametrize("path", ["/", "/act", "/x/act", "/../act", "//"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_the_secret_there_is_nothing(server, method, path):
    code, _, text = ask(server, method, path)
    assert code == 404 and "popular" not in text


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "127.0.0.1:1"}, {"Origin": "https://evil.example"},
     {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"}],
)  # fmt: skip
def test_another_page_or_another_name_is_refused(server, headers):
    assert ask(server, **headers)[0] == 403
    assert ask(server, "GET", f"/{server.secret}/", **headers)[0] == 403


def test_a_form_of_another_page_cannot_speak_to_it(server):
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert ask(server, Content_Type=kind)[0] == 404


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "3", '{"verb": 3}', '{"given": {}}', '{"verb": "fly"}', "[" * 9000,
     '{"verb": "swipe", "given": [1]}', '{"verb": "swipe", "given": {"watch": NaN}}',
     "x" * (MOST + 1)],
)  # fmt: skip
def test_what_makes_no_sense_is_a_bad_request(server, body):
    code, _, text = ask(server, body=body)
    assert code == 400 and "error" in json.loads(text)


def test_it_listens_to_this_computer_alone(server):
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize(("lang", "said"), [("en", "--port is free"), ("zh", "端口")])
def test_a_port_that_is_taken_is_said_before_the_world_grows(capsys, lang, said):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main([*NANO, "--port", str(port), "--lang", lang]) == 2
    told = capsys.readouterr().err
    assert said in told and str(port) in told and "day 1" not in told
    assert "--port 0" in told


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_in_a_sentence(how):
    command = [sys.executable, "-m", "sim.play", *NANO, "--port", "0", "--json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    ) as program:
        told = json.loads(program.stdout.readline())
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{20,}/", told["address"])
        program.send_signal(how)
        out, err = program.communicate(timeout=60)
    assert program.returncode == 0 and out == ""
    assert "Traceback" not in err and err.endswith("Ended. Nothing was kept.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--agent", "oracle"], "nobody knows a person's true taste"),
        (["--speed", "0"], "--speed"),
        (["--port", "70000"], "--port"),
        (["--days", "0"], "--days"),
        (["--world", "tiny"], "unknown world"),
        (["--other", "poplar"], "poplar"),
        (["--out", "x.html"], "an offline file plays bayes alone"),
        (["--out", "x.html", "--agent", "bayes", "--other", "mf"], "beside it an offline file has"),
        (["--out", "x.html", "--agent", "bayes", "--persona"], "an offline file has no persona"),
        (["--out", "/nowhere/x.html", "--agent", "bayes"], "--out"),
    ],
)
def test_what_cannot_be_played_is_said_with_a_cure(capsys, words, said):
    assert main([*NANO, "--port", "0", *words, "--lang", "en", "--quiet"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: ") and said in err and err.count("\n") == 1


def test_only_the_viewer_s_seat_is_there(capsys):
    with pytest.raises(SystemExit) as end:
        main(["moderator"])
    assert end.value.code == 2 and "viewer" in capsys.readouterr().err
