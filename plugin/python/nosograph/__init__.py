"""From an ICD-10 code to the disease behind it, in your own process.

>>> import nosograph
>>> with nosograph.open(f"snapshot:{folder}") as terminology:
...     answer = terminology.lookup("L94.2")
>>> answer.display
'Calcinosis cutis'
>>> [ancestor.code for ancestor in answer.ancestors]
['L94', 'L80-L99', 'chapter-12']

A wrong code is an answer, never an exception; what cannot be told is neither valid nor invalid:

>>> with nosograph.open(f"snapshot:{folder}") as terminology:
...     header = terminology.validate_code("L94")
...     elsewhere = terminology.validate_code("L94.2", system="http://loinc.org")
>>> header.outcome, header.reason
(<Outcome.INVALID: 'INVALID'>, 'HEADER')
>>> elsewhere.outcome
<Outcome.UNDETERMINED: 'UNDETERMINED'>

Exceptions say that there is no answer, and carry the status:

>>> nosograph.open("snapshot:/no/such/folder")
Traceback (most recent call last):
    ...
nosograph.NotFoundError: ...
"""

from __future__ import annotations

import enum
import pkgutil
import typing
from collections.abc import Iterable, Iterator

# Stubs of the service are modules nosograph.v1.*: found where they are on sys.path when this package is imported.
__path__ = pkgutil.extend_path(__path__, __name__)

from . import _nosograph  # noqa: E402

__all__ = [
    "AbortedError", "Concept", "Correction", "DataLossError", "DeadlineExceededError", "Designation", "Entry", "Error",
    "FailedPreconditionError", "Hit", "InvalidArgumentError", "Issue", "Knowledge", "Match", "Note", "NotFoundError", "Outcome",
    "PermissionDeniedError", "Property", "Release", "ResourceExhaustedError", "Result", "Source", "Statement",
    "Terminology", "UnauthenticatedError", "UnavailableError", "UnimplementedError", "build_info", "open",
]

__version__ = _nosograph.build_info().split()[1]


class Error(Exception):
    """There is no answer. `status` is the name of a canonical code of gRPC, `number` its number.

    >>> with nosograph.open(f"snapshot:{folder}") as terminology:
    ...     terminology.lookup("L" * 65)
    Traceback (most recent call last):
        ...
    nosograph.InvalidArgumentError: code: ... has 65 bytes, more than the 64 that a code may have; give one code
    """

    status = "UNKNOWN"
    number = 2


class InvalidArgumentError(Error, ValueError):
    """A field of the request is none; the message names it, the value and the remedy."""


class DeadlineExceededError(Error, TimeoutError):
    """The service did not answer in time."""


class NotFoundError(Error, LookupError):
    """The folder, the system or the release is not there."""


class PermissionDeniedError(Error, PermissionError):
    """The service does not allow it."""


class ResourceExhaustedError(Error):
    """No memory, or a limit is reached."""


class FailedPreconditionError(Error):
    """The terminology is closed."""


class AbortedError(Error):
    """Something else was quicker; try again."""


class UnimplementedError(Error):
    """The part of the library that can do it is not installed."""


class UnavailableError(Error, ConnectionError):
    """The service cannot be reached."""


class DataLossError(Error):
    """What is stored is damaged, or the service answered from another release than was asked."""


class UnauthenticatedError(Error, PermissionError):
    """The service does not know who asks."""


_ERRORS = {
    3: InvalidArgumentError, 4: DeadlineExceededError, 5: NotFoundError, 7: PermissionDeniedError,
    8: ResourceExhaustedError, 9: FailedPreconditionError, 10: AbortedError, 12: UnimplementedError,
    14: UnavailableError, 15: DataLossError, 16: UnauthenticatedError,
}


def _error(number: int, name: str, message: str) -> Error:
    error = _ERRORS.get(number, Error)(message)
    error.status, error.number = name, number
    return error


class Outcome(enum.Enum):
    """What an answer says of a code. An outage is never INVALID."""

    UNDETERMINED = "UNDETERMINED"
    VALID = "VALID"
    INVALID = "INVALID"


_OUTCOMES = (Outcome.UNDETERMINED, Outcome.VALID, Outcome.INVALID)

# The numbers of nosograph.h.
_ANSWER, _MATCHED, _MATCHED_B, _FALLBACK, _BILLABLE, _ANCESTORS, _CHILDREN, _REPAIRS, _NOTES, _DESIGNATIONS, _PROPERTIES, \
    _KNOWLEDGE, _STATEMENTS, _SOURCES, _RELEASES, _ISSUES, _HITS, _MATCHES, _CORRECTIONS = range(19)
_RESOLVE, _LOOKUP, _VALIDATE_CODE = 1, 2, 3
_OUTCOME, _REASON, _NORMALIZED, _MESSAGE, _REMEDY = 1, 2, 3, 4, 5
_CODE, _CANONICAL = 8, 54
_TOTAL, _NEXT_PAGE_TOKEN, _HIT = 57, 58, 59
_STALE, _CACHED = 9, 10


# What they give is a property; to who reads the types it is what the property gives.
def _text(field: int, doc: str) -> typing.Any:
    return property(lambda entry: entry._result._get(entry._list, entry._index, field), doc=doc)


def _flag(flag: int, doc: str) -> typing.Any:
    return property(lambda entry: entry._result._flag(entry._list, entry._index, flag), doc=doc)


def _number(field: int, doc: str) -> typing.Any:
    return property(lambda entry: int(entry._result._get(entry._list, entry._index, field) or 0), doc=doc)


class Entry:
    """An entry of one of an answer's lists. Read when it is asked for; keeps the answer alive."""

    __slots__ = ("_index", "_list", "_result")

    def __init__(self, result: Result, list_number: int, index: int) -> None:
        self._result, self._list, self._index = result, list_number, index

    def as_dict(self) -> dict[str, typing.Any]:
        """All that is there, by name: what is empty or false is left out.

        >>> with nosograph.open(f"snapshot:{folder}") as terminology:
        ...     terminology.lookup("L94.2").matched.as_dict()["kind"]
        'subcategory'
        """
        kinds = reversed(type(self).__mro__)
        names = [name for kind in kinds for name, value in vars(kind).items() if isinstance(value, property)]
        return {name: value for name in names if (value := getattr(self, name))}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.as_dict().items())})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.as_dict() == other.as_dict()  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(tuple(self.as_dict().items()))


class Concept(Entry):
    """A concept of a code system."""

    __slots__ = ()
    system: str = _text(6, "Canonical URI of the code system that defines it.")
    code: str = _text(8, "A code, a block as a range or a chapter.")
    display: str = _text(9, "The title, as published.")
    kind: str = _text(10, "chapter, block, category, subcategory or concept.")
    definition: str = _text(11, "")
    status: str = _text(12, "As FHIR writes it; told by lookup alone.")
    billable: bool = _flag(1, "May stand on a claim.")
    inactive: bool = _flag(2, "No longer to be used; told by lookup alone.")
    abstract: bool = _flag(3, "Groups others; told by lookup alone.")


class Note(Entry):
    """What the classification says beside the title."""

    __slots__ = ()
    kind: str = _text(10, "inclusion term, excludes1, code first ...")
    text: str = _text(13, "As published.")
    stands_at: str = _text(14, "The code that it stands at.")
    inherited: bool = _flag(4, "It stands at an ancestor.")


class Designation(Entry):
    """A further name of a concept."""

    __slots__ = ()
    language: str = _text(15, "BCP 47.")
    use: str = _text(16, "A code that says what the name is for.")
    value: str = _text(17, "The name.")
    source: str = _text(18, "Canonical URI of the code system or supplement that says it.")


class Property(Entry):
    """A value of a property of a concept."""

    __slots__ = ()
    code: str = _text(8, "The property.")
    type: str = _text(19, "As FHIR names it.")
    value: str = _text(17, "As FHIR writes it; of a Coding its code.")
    system: str = _text(6, "Of a Coding.")
    display: str = _text(9, "Of a Coding.")
    source: str = _text(18, "Canonical URI of the code system or supplement that says it.")


class Knowledge(Entry):
    """What is known about the disease behind a code; its statements are `Result.statements`."""

    __slots__ = ()
    code: str = _text(8, "The code that it is written for.")
    title: str = _text(20, "")
    review_state: str = _text(34, "draft, reviewed or retired.")
    disclaimer: str = _text(52, "")
    source: str = _text(18, "The release that it comes from.")
    inherited_from: str = _text(53, "The ancestor whose it is.")


class Statement(Entry):
    """One clinical statement."""

    __slots__ = ()
    section: str = _text(32, "definition, synonyms, onset, sites ...")
    text: str = _text(13, "")
    language: str = _text(15, "BCP 47.")
    source_ids: str = _text(33, "Keys of `Result.sources`, joined by blanks.")
    review_state: str = _text(34, "")
    frequency: str = _text(35, "")
    qualifier: str = _text(36, "")
    system: str = _text(6, "Of the code that it is about.")
    code: str = _text(8, "That it is about.")
    display: str = _text(9, "Of the code that it is about.")
    low: str = _text(37, "Of a range.")
    high: str = _text(38, "Of a range.")
    unit: str = _text(39, "UCUM.")
    value: str = _text(17, "That is expected.")
    relation: str = _text(40, "")
    kind: str = _text(10, "Of therapy.")
    agent: str = _text(41, "Of therapy.")
    strength: str = _text(42, "Of therapy.")
    route: str = _text(43, "Of therapy.")
    condition_of_use: str = _text(44, "Of therapy.")
    citation: str = _text(45, "")
    doi: str = _text(46, "")
    pmid: str = _text(47, "")
    open: bool = _flag(7, "The source leaves the point open.")
    machine_translated: bool = _flag(8, "")


class Source(Entry):
    """Where statements come from."""

    __slots__ = ()
    id: str = _text(21, "The key that statements refer to.")
    title: str = _text(20, "")
    author: str = _text(48, "")
    date: str = _text(49, "")
    licence: str = _text(50, "")
    language: str = _text(15, "BCP 47.")
    url: str = _text(51, "")
    citation: str = _text(45, "")
    doi: str = _text(46, "")
    pmid: str = _text(47, "")
    machine_translated: bool = _flag(8, "")


class Release(Entry):
    """A release that took part in an answer."""

    __slots__ = ()
    system: str = _text(6, "Canonical URI.")
    version: str = _text(7, "")
    title: str = _text(20, "")
    id: str = _text(21, "SHA-256 of its snapshot: the same id, the same answers.")
    valid_from: str = _text(22, "YYYY-MM-DD; empty where not known.")
    valid_to: str = _text(23, "YYYY-MM-DD; empty while it is open.")
    publisher: str = _text(24, "")
    copyright: str = _text(25, "")
    source_name: str = _text(26, "The file that it was imported from.")
    source_sha256: str = _text(27, "")
    extends: str = _text(28, "Of an extension.")
    supplements: str = _text(29, "Of a supplement.")
    active: bool = _flag(5, "Answers where no release is asked for.")
    fragment: bool = _flag(6, "Only a part of the code system.")


class Issue(Entry):
    """What there is to say about a question beside the answer."""

    __slots__ = ()
    severity: str = _text(30, "INFORMATION, WARNING or ERROR.")
    kind: str = _text(10, "MALFORMED, NOT_FOUND ...")
    field: str = _text(31, "Of the request.")
    value: str = _text(17, "What stood there.")
    message: str = _text(4, "A sentence.")
    remedy: str = _text(5, "What to do.")


class Match(Entry):
    """A word of a hit's text that matched one of the query."""

    __slots__ = ()
    reason: str = _text(2, "exact, stem, prefix, synonym or spelling.")
    begin: int = _number(60, "Bytes of the hit's text in UTF-8.")
    end: int = _number(61, "One behind its last byte.")
    query_begin: int = _number(62, "Bytes of the query in UTF-8.")
    query_end: int = _number(63, "One behind its last byte.")


class Hit(Concept):
    """A concept that a search found, and what of it matched."""

    __slots__ = ()
    text: str = _text(13, "The text that matched best.")
    text_kind: str = _text(19, "title, inclusion term, includes, designation, synonym or reference.")
    score: str = _text(55, "Higher is better; of this search alone, no probability.")
    folded_codes: int = _number(56, "How many codes below it it stands for; 0 where it stands for itself alone.")

    @property
    def matches(self) -> tuple[Match, ...]:
        """The words of `text` that matched, in their order."""
        found = self._result._all(_MATCHES, Match)
        return tuple(match for match in found if self._result._get(_MATCHES, match._index, _HIT) == str(self._index))


class Correction(Entry):
    """A word of a query that no text has, and what it was read as in the best hit."""

    __slots__ = ()
    written: str = _text(17, "")
    read_as: str = _text(13, "")


_EntryType = typing.TypeVar("_EntryType", bound=Entry)


class Result(_nosograph.Result):
    """An answer. `code` and `display` are those of the concept that matched, `release` is what was asked.

    A result is neither true nor false, since it may be undetermined: ask `outcome`.

    >>> with nosograph.open(f"snapshot:{folder}") as terminology:
    ...     answer = terminology.resolve("L94.21")
    >>> answer.outcome_name, answer.billable_code, answer.release
    ('EXTENSION', 'L94.2', 'http://hl7.org/fhir/sid/icd-10-cm|2026-04-01')
    >>> answer.statements[0].section
    'definition'
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        raise TypeError("a result is neither true nor false; compare its outcome, such as == Outcome.VALID")

    def _all(self, list_number: int, kind: type[_EntryType]) -> tuple[_EntryType, ...]:
        return tuple(kind(self, list_number, index) for index in range(self._count(list_number)))

    def _first(self, list_number: int) -> Concept | None:
        return Concept(self, list_number, 0) if self._count(list_number) else None

    @property
    def outcome(self) -> Outcome:
        """VALID: there is such a concept; of validate_code: the code may be used so."""
        return _OUTCOMES[self._outcome]

    @property
    def outcome_name(self) -> str:
        """Of resolve EXACT, EXTENSION, PARENT_FALLBACK, UNKNOWN; of lookup FOUND, NOT_FOUND; of subsumes the relation."""
        return self._get(_ANSWER, 0, _OUTCOME)

    @property
    def reason(self) -> str:
        """Of validate_code: HEADER, RETIRED ...; empty where there is nothing to say."""
        return self._get(_ANSWER, 0, _REASON)

    @property
    def message(self) -> str:
        """What is wrong, as a sentence; empty where nothing is."""
        return self._get(_ANSWER, 0, _MESSAGE)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self._get(_ANSWER, 0, _REMEDY)

    @property
    def normalized(self) -> str:
        """The canonical form, where the code was written in another."""
        return self._get(_ANSWER, 0, _NORMALIZED)

    @property
    def canonical(self) -> str:
        """Of validate_code: the canonical form; empty when malformed."""
        return self._get(_ANSWER, 0, _CANONICAL)

    @property
    def billable_code(self) -> str:
        """Of resolve: the published code to bill; empty where there is none."""
        return self._get(_BILLABLE, 0, _CODE)

    @property
    def stale(self) -> bool:
        """The service could not be asked: the answer is an older one of its, or the fallback's."""
        return self._flag(_ANSWER, 0, _STALE)

    @property
    def cached(self) -> bool:
        """The service was not asked, having answered this before from the same releases."""
        return self._flag(_ANSWER, 0, _CACHED)

    @property
    def matched(self) -> Concept | None:
        """The concept with this code; of subsumes with the first."""
        return self._first(_MATCHED)

    @property
    def matched_b(self) -> Concept | None:
        """Of subsumes: the concept with the second code."""
        return self._first(_MATCHED_B)

    @property
    def fallback(self) -> Concept | None:
        """Of resolve: the nearest ancestor of a code that there is not."""
        return self._first(_FALLBACK)

    @property
    def ancestors(self) -> tuple[Concept, ...]:
        """Nearest first, up to the chapter; of resolve and lookup."""
        return self._all(_ANCESTORS, Concept)

    @property
    def children(self) -> tuple[Concept, ...]:
        """Of lookup: published ones, then those of extensions."""
        return self._all(_CHILDREN, Concept)

    @property
    def repairs(self) -> tuple[Concept, ...]:
        """Of validate_code: codes that may have been meant, best first."""
        return self._all(_REPAIRS, Concept)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The concept's own, then those of its ancestors; of resolve and lookup."""
        return self._all(_NOTES, Note)

    @property
    def designations(self) -> tuple[Designation, ...]:
        """Of lookup."""
        return self._all(_DESIGNATIONS, Designation)

    @property
    def properties(self) -> tuple[Property, ...]:
        """Of lookup."""
        return self._all(_PROPERTIES, Property)

    @property
    def knowledge(self) -> Knowledge | None:
        """Of resolve."""
        return Knowledge(self, _KNOWLEDGE, 0) if self._count(_KNOWLEDGE) else None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Of resolve: those of the condition knowledge, by section."""
        return self._all(_STATEMENTS, Statement)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Of resolve: those of the condition knowledge."""
        return self._all(_SOURCES, Source)

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Of search: best first."""
        return self._all(_HITS, Hit)

    @property
    def total(self) -> int:
        """Of search: hits on all pages."""
        return int(self._get(_ANSWER, 0, _TOTAL) or 0)

    @property
    def next_page_token(self) -> str:
        """Of search: for the next page; empty on the last one."""
        return self._get(_ANSWER, 0, _NEXT_PAGE_TOKEN)

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """Of search: what misspelled words were read as."""
        return self._all(_CORRECTIONS, Correction)

    @property
    def releases(self) -> tuple[Release, ...]:
        """Those that took part, the release that was asked first."""
        return self._all(_RELEASES, Release)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Of resolve and lookup."""
        return self._all(_ISSUES, Issue)

    def __repr__(self) -> str:
        return f"<Result {self.outcome_name} {self.code or '-'} of {self.release or '-'}>"


_nosograph.set_types(_error, Result)


class _Batch(Iterator[Result]):
    """The answers of a batch. What is wrong with one code is raised in its place, and does not end it."""

    def __init__(self, batch: Result) -> None:
        self._batch, self._next = batch, 0

    def __next__(self) -> Result:
        if self._next == self._batch._item_count():
            raise StopIteration
        self._next += 1
        return self._batch._item(self._next - 1)

    def __length_hint__(self) -> int:
        return self._batch._item_count() - self._next


class _Request(typing.TypedDict, total=False):
    """What every question takes beside its codes."""

    system: str
    version: str
    date: str
    strict: bool
    deadline_milliseconds: int


class _Scope(typing.TypedDict, total=False):
    """What a search takes of that."""

    system: str
    version: str
    date: str
    deadline_milliseconds: int


class Terminology(_nosograph.Handle):
    """What `open` gives: a context manager that is closed at its end. Safe to use from several threads.

    Each question takes, by keyword: `system` (canonical URI; whatever has the code unless given), `version` or `date` of the
    release (the active one unless given), `strict` (the canonical form of a code alone), and for a service
    `deadline_milliseconds`.

    >>> terminology = nosograph.open(f"snapshot:{folder}")
    >>> terminology.lookup("l942").normalized
    'L94.2'
    >>> terminology.lookup("L94.2", version="2026-04-01").release
    'http://hl7.org/fhir/sid/icd-10-cm|2026-04-01'
    >>> terminology.subsumes("L94", "L94.21").outcome_name
    'subsumes'
    >>> [answer.display for answer in terminology.lookup_all(["L94.2", "L94.3"])]
    ['Calcinosis cutis', 'Sclerodactyly']
    >>> terminology.close()
    """

    __slots__ = ()

    def resolve(self, code: str, *, parent_fallback: bool = True, **request: typing.Unpack[_Request]) -> Result:
        """The concept behind a code: published, of an extension, or (unless told not to) the nearest ancestor.

        >>> with nosograph.open(f"snapshot:{folder}") as terminology:
        ...     terminology.resolve("L94.29").fallback.code
        'L94.2'
        """
        return self._resolve(code, _other=not parent_fallback, **request)

    def validate_code(self, code: str, *, claim: bool = True, max_repairs: int = 10,
                      **request: typing.Unpack[_Request]) -> Result:
        """Whether a code may be used, why not, and what may have been meant.

        For a claim it must be billable; with `claim=False` it must only be a concept.

        >>> with nosograph.open(f"snapshot:{folder}") as terminology:
        ...     terminology.validate_code("L94", claim=False).outcome
        <Outcome.VALID: 'VALID'>
        """
        return self._validate_code(code, _other=not claim, max_repairs=max_repairs, **request)

    def search(self, text: str, *, billable_only: bool = False, under: str = "",
               fold: typing.Literal["when_many", "always", "never"] = "when_many", count: int = 20,
               page_token: str = "", **request: typing.Unpack[_Scope]) -> Result:
        """From words to concepts: beginnings of words in any order, other forms, synonyms and misspellings.

        Only what is billable, or `under` a code, block or chapter, where so asked. Codes with a 7th character stand under
        the code they are made of as `fold` says. `page_token` is that of the page before.

        >>> with nosograph.open(f"snapshot:{folder}") as terminology:
        ...     answer = terminology.search("calcinosis cutsi")
        >>> [hit.code for hit in answer.hits][:1], answer.corrections[0].read_as
        (['L94.2'], 'cutis')
        """
        try:
            number = ("when_many", "always", "never").index(fold)
        except ValueError:
            raise InvalidArgumentError(f"fold: {fold!r} is none; give when_many, always or never") from None
        return self._search(text, billable_only=billable_only, under=under, fold=number, count=count,
                            page_token=page_token, **request)

    def _each(self, verb: int, codes: Iterable[str], other: bool = False, **request: typing.Any) -> Iterator[Result]:
        if isinstance(codes, str):
            raise TypeError("codes are several: give a list of them, or ask for one")
        return _Batch(self._batch(verb, tuple(codes), _other=other, **request))

    def lookup_all(self, codes: Iterable[str], **request: typing.Unpack[_Request]) -> Iterator[Result]:
        """`lookup` of many codes, from one set of releases, in their order.

        What is wrong with one code is raised in its place; `next` goes on behind it.
        """
        return self._each(_LOOKUP, codes, **request)

    def resolve_all(self, codes: Iterable[str], *, parent_fallback: bool = True,
                    **request: typing.Unpack[_Request]) -> Iterator[Result]:
        """`resolve` of many codes, from one set of releases, in their order."""
        return self._each(_RESOLVE, codes, not parent_fallback, **request)

    def validate_all(self, codes: Iterable[str], *, claim: bool = True, max_repairs: int = 10,
                     **request: typing.Unpack[_Request]) -> Iterator[Result]:
        """`validate_code` of many codes, from one set of releases, in their order."""
        return self._each(_VALIDATE_CODE, codes, not claim, max_repairs=max_repairs, **request)

    def __enter__(self) -> Terminology:
        if self.closed:
            raise _error(9, "FAILED_PRECONDITION", "terminology: is closed; open one by nosograph.open")
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def open(conninfo: str) -> Terminology:  # noqa: A001
    """Opens "snapshot:DIR", a data folder of Nosograph, or a service: "grpc://HOST:PORT" or, with TLS, "grpcs://HOST:PORT".

    Behind a service stand options, as in "grpcs://terminology:7443?ca=ca.pem&fallback=/var/lib/nosograph":

    - deadline_ms: of a call, its retries included; 2000
    - fallback: data folder that answers when the service does not; its answers are `stale`
    - cache_bytes: of answers that are kept, at most; 8388608; 0 for none
    - cache_check_ms: after which the service is asked whether its releases are still those; 1000
    - ca, cert, key: of grpcs, PEM files of the authority, and of the own certificate and key
    - server_name: of grpcs, the name in the service's certificate, where it is not HOST

    A service is not asked in a forked child of the process that opened one: open it in each worker, or use the start
    method "spawn" of multiprocessing. Raises InvalidArgumentError, NotFoundError, DataLossError and
    UnimplementedError.
    """
    return Terminology(conninfo)


def build_info() -> str:
    """Name, version and compiler of the C library.

    >>> nosograph.build_info().split()[0]
    'nosograph'
    """
    return _nosograph.build_info()
