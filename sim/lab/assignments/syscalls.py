"""Which system calls a student's code may not make, as a filter that Linux understands.

All that reaches beyond the own process is refused: starting others, signalling, tracing or reading
them, sockets, namespaces and mounts, shared memory, rights and times of files, the kernel itself.
Threads may be started.
Numbers: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of Linux.
"""

import struct

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
DENIED: dict[str, tuple[int, int]] = {  # name: (on x86_64, on aarch64); -1 where there is none
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "process_madvise": (440, 440), "kcmp": (312, 272),
    "fork": (57, -1), "vfork": (58, -1), "execve": (59, 221), "execveat": (322, 281),
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "bpf": (321, 280), "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425), "userfaultfd": (323, 282), "shmget": (29, 194),
    "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180), "setpriority": (141, 140),
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118), "sched_setattr": (314, 274),
    "ioprio_set": (251, 30), "personality": (135, 92), "init_module": (175, 105),
    "finit_module": (313, 273), "kexec_load": (246, 104), "reboot": (169, 142),
    "open_by_handle_at": (304, 265), "sched_setaffinity": (203, 122),
    # of files that one's own user has, which Landlock leaves open
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, -1), "fchown": (93, 55), "lchown": (94, -1), "fchownat": (260, 54),
    "utime": (132, -1), "utimes": (235, -1), "futimesat": (261, -1), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
}  # fmt: skip
CLONE, PRLIMIT, CLONE3 = (56, 220), (302, 261), (435, 435)
THREAD = 0x00010000  # of clone's flags
X32 = 0x40000000  # a second set of numbers, on x86_64
LOAD, EQUAL, AT_LEAST, ANY_BIT, ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
KILL, ALLOW, REFUSE, UNKNOWN = 0x80000000, 0x7FFF0000, 0x00050001, 0x00050026  # EPERM, ENOSYS
NUMBER, MACHINE, FIRST = 0, 4, 16  # where they stand in what the filter looks at


def filter_of(machine: str) -> bytes | None:
    """The filter's code, None for a machine whose numbers nobody has written down."""
    if machine not in ARCHITECTURES:
        return None
    k = list(ARCHITECTURES).index(machine)
    code = [_line(LOAD, MACHINE), _line(EQUAL, ARCHITECTURES[machine], 1, 0), _line(ANSWER, KILL)]
    code += [_line(LOAD, NUMBER)]
    code += _answer(AT_LEAST, X32, REFUSE) if machine == "x86_64" else []
    for pair in DENIED.values():
        code += _answer(EQUAL, pair[k], REFUSE) if pair[k] >= 0 else []
    code += _answer(EQUAL, CLONE3[k], UNKNOWN)  # glibc falls back to clone, which can be read
    threads = [_line(LOAD, FIRST), *_answer(ANY_BIT, THREAD, ALLOW), _line(ANSWER, REFUSE)]
    code += [_line(EQUAL, CLONE[k], 0, len(threads)), *threads]
    own = [_line(LOAD, FIRST), *_answer(EQUAL, 0, ALLOW), _line(ANSWER, REFUSE)]
    code += [_line(EQUAL, PRLIMIT[k], 0, len(own)), *own]  # limits of others
    return b"".join([*code, _line(ANSWER, ALLOW)])


def _answer(test: int, value: int, answer: int) -> list[bytes]:
    return [_line(test, value, 0, 1), _line(ANSWER, answer)]


def _line(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)
