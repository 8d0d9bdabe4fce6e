"""Fixers of Java and Go: exactly these lines come in, and beside each stands what must stay alone."""

import pytest

from hotfix.repair.fixers import FIXERS, Trouble
from hotfix.repair.fixers.typed import TYPED
from hotfix.repair.parsing import find_fault
from hotfix.repair.source import Source

_COLUMNS = (
    "class A {\n    /** Reads a row; a column may be empty. */\n    String read(String line) {\n"
    '        String[] cells = line.split(",");\n        return cells[2];\n    }\n}\n'
)
_MAP = (
    "class A {\n    /** Loads rates; the last one holds. */\n    Map<String, Integer> load(List<Row> rows) {\n"
    "        return rows.stream().collect(Collectors.toMap(Row::code, Row::rate));\n    }\n}\n"
)
_JSON = (
    "package a\n\nfunc load(b []byte) (*S, error) {\n\ts := &S{4}\n\tif err := json.Unmarshal(b, &s); err != nil {\n"
    "\t\treturn nil, err\n\t}\n\treturn s, s.check()\n}\n"
)
_STOP = "package a\n\ntype P struct {\n\tstop chan int\n}\n\nfunc (p *P) Stop() {\n\tclose(p.stop)\n}\n"
_POOL = (
    "class A {\n    void run() {\n        Conn conn = pool.borrow();\n        conn.call();\n"
    "        pool.giveBack(conn);\n    }\n}\n"
)
_HELD = "class A {\n    void run() {\n        Conn conn = pool.borrow();\n        conn.call();\n    }\n}\n"
_TASKS = (
    "package a\n\nfunc all() {\n\twait.Add(1)\n\tgo func() {\n\t\tif ask() != nil {\n\t\t\treturn\n\t\t}\n"
    "\t\tuse()\n\t\twait.Done()\n\t}()\n\twait.Wait()\n}\n"
)
_SUM = "package a\n\nfunc sum(xs []int) {\n\tfor i := 0; i <= len(xs); i++ {\n\t\tuse(xs[i])\n\t}\n}\n"
_CHUNK = (
    "class A {\n    void f(List<X> xs) {\n        for (int i = 0; i < xs.size(); i += 9) {\n{0}        }\n    }\n}\n"
)
_CHUNKED = "            send(xs.subList(i, {}));\n"
_PAD = 'class A {\n    String f(String s) {\n        return " ".repeat(9 - s.length());\n    }\n}\n'
_SHARD = "class A {\n    int f(String k) {\n        return counts[Math.abs(k.hashCode()) % 8];\n    }\n}\n"
_SPLIT = "class A {\n    String[] f(String s, String mark) {\n        return s.split(mark);\n    }\n}\n"
_REGEX = _SPLIT.replace("mark", "pattern")
_ORDER = (
    "class A {\n    /** Dated ones first; those without a date come last. */\n    int f(T a, T b) {\n"
    "        return a.due().compareTo(b.due());\n    }\n}\n"
)
_BASE64 = "class A {\n    byte[] f(String s) {\n        return Base64.getDecoder().decode(s);\n    }\n}\n"
_OUTER = (
    "package a\n\nfunc use(n int) int {\n\tvar c *C\n\tif n > 0 {\n\t\tc := dial(n)\n\t\tlog(c)\n\t}\n\treturn c.n\n}\n"
)
_STRING = 'package a\n\ntype M int\n\nfunc (m M) String() string {\n\treturn fmt.Sprintf("%d.%v", m/100, m)\n}\n'
_CUT = (
    "package a\n\n// name returns the part before the @; one without it is the name itself.\n"
    'func name(s string) string {\n\treturn s[:strings.Index(s, "@")]\n}\n'
)
_DEEP = "package a\n\nfunc (f *F) Depth() int {\n\treturn f.Up.Depth() + 1\n}\n"
_ARRAY = "class A {\n    String[] f(List<String> xs) {\n        return (String[]) xs.toArray();\n    }\n}\n"
_SAME = (
    'class A {\n    boolean f(Integer a, Integer b) {\n        if (a == b) return true;\n        throw new E("no");\n'
    "    }\n}\n"
)
_INTS = _SAME.replace("Integer", "int")
_LONG = "class A {\n    long f(int days) {\n        long ms = days * 86400000;\n        throw new E(ms);\n    }\n}\n"
_SORT = "class A {\n    record X(int n) {}\n    void f() {\n        xs.sort((a, b) -> {0});\n    }\n}\n"
_LESS = _SORT.replace("{0}", "a.n() > b.n() ? -1 : 1")
_MEMO = (
    "class A {\n    Map<String, Integer> known;\n    int f(String k) {\n"
    "        return known.computeIfAbsent(k, this::g);\n    }\n}\n"
)
_FLOOR = (
    "class A {\n    int a(D day) {\n        Rate rate = rates.find(day);\n        if (rate == null) {\n"
    "            rate = rates.first();\n        }\n        return rate.n;\n    }\n"
    "    int b(D day) {\n        return rates.find(day).n * 2;\n    }\n}\n"
)
_ERROR = (
    "package a\n\nfunc review() *Bad {\n\treturn nil\n}\n\nfunc check() error {\n\treturn review()\n}\n\n"
    "func accept() string {\n\treturn check().Error()\n}\n"
)
_EVERY = (
    "package a\n\nconst defaultEvery = 30\n\ntype W struct {\n\tEvery D\n}\n\n"
    "func start(w W) {\n\tt := NewTicker(w.Every)\n\tuse(t)\n}\n"
)
_TABLE = "package a\n\nfunc get(k string) string {\n\ttable := load().(map[string]string)\n\treturn table[k]\n}\n"
_WRITTEN = _TABLE.replace("return table[k]", 'table[k] = "x"\n\treturn k')
_HEAD = (
    "class A {\n    List<X> f(BufferedReader in) {\n        List<X> rows = new ArrayList<>();\n"
    '        String[] names = in.readLine().split(",");\n        String row;\n'
    "        while ((row = in.readLine()) != null) rows.add(g(row));\n        return rows;\n    }\n}\n"
)
_JITTER = "package a\n\nfunc wait(b B) int {\n\treturn b.Base + rand.Intn(b.Jitter)\n}\n"
_LEAVE = (
    "package a\n\nfunc (h *H) Leave(id int) {\n\tif c, ok := h.subs[id]; ok {\n\t\tclose(c)\n\t}\n}\n\n"
    "func (h *H) Send() {\n\tfor _, c := range h.subs {\n\t\tc <- 1\n\t}\n}\n"
)
_MONTH = (
    "class A {\n    D f(D d) {\n"
    "        return LocalDate.of(d.getYear(), d.getMonthValue() + 1, d.getDayOfMonth());\n    }\n}\n"
)
_HOOK = (
    "package a\n\nfunc run(j *J) {\n\tj.Done(1)\n}\n\n"
    "func skip(j *J) {\n\tif ok && j.Done != nil {\n\t\tj.Done(2)\n\t}\n}\n"
)
_DROP = (
    "package a\n\nfunc f(xs []int) []int {\n\tfor i := range xs {\n\t\tif xs[i] < 0 {\n"
    "\t\t\txs = append(xs[:i], xs[i+1:]...)\n\t\t}\n\t}\n\treturn xs\n}\n"
)
_TRIED = (
    "class A {\n    void run() {\n        if (!free.tryAcquire()) {\n            throw new E();\n        }\n"
    "        call();\n        free.release();\n    }\n}\n"
)
_JOINED = "class A {\n    String f() {\n        b.setLength(b.length() - 2);\n        return b.toString();\n    }\n}\n"
_NAMES = (
    "class A {\n    Map<String, String> names = Map.of();\n    String f(String k) {\n"
    "        return names.get(k);\n    }\n}\n"
)
_ELSE = (
    "class A {\n    int a(String k) {\n        return find(k).map(S::free).orElse(0);\n    }\n"
    "    int b(String k) {\n        return find(k).get().free() + 1;\n    }\n}\n"
)
_WRITE = 'class A {\n    void f(Path p) throws E {\n        Files.writeString(p, "x");\n    }\n}\n'
_RANGE = (
    "package a\n\nfunc f(xs []int) {\n\tout := make(chan int)\n\tgo func() {\n\t\tfor _, x := range xs {\n"
    "\t\t\tout <- x\n\t\t}\n\t}()\n\tfor x := range out {\n\t\tuse(x)\n\t}\n}\n"
)
_STEP = "class A {\n    D f(LocalDate d) {\n        return d.withDayOfMonth(d.{0}() + 30);\n    }\n}\n"
_BETWEEN = (
    "class A {\n    /** Returns what is in the brackets; without any the text is kept. */\n"
    '    String f(String s) {\n        int a = s.indexOf("[");\n        int b = s.indexOf("]");\n'
    "        return s.substring(a, b);\n    }\n}\n"
)
_NEXT = (
    "class A {\n    void f(List<Integer> xs) {\n        for (int i = 0; i < xs.size(); i++) {\n"
    "            {0}\n        }\n    }\n}\n"
)
_ROOM = "class A {\n    List<X> f(int n, int m) {\n        return new ArrayList<>({0});\n    }\n}\n"
_BUFFER = "package a\n\nfunc f(n int, m int) []int {\n\tout := make([]int, 0, {0})\n\treturn out\n}\n"
_PATH = 'package a\n\nfunc (f *F) Path() string {\n\treturn f.Up.Path() + "/" + f.Name\n}\n'
_EVICT = _MEMO.replace(
    "        return known", "        for (String each : known.keySet()) {\n            known.remove(each);\n        }\n"
    "        return known",
)  # fmt: skip
_MASK = "class A {\n    String f(String s) {\n        return s.replaceAll(mask, {0});\n    }\n}\n"
_LENT = _POOL.replace("conn.call();", "if (late) return conn;")
_CAST = "class A {\n    void f(Object o) {\n        ((ArrayList<X>) o).add(x);\n    }\n}\n"
_EQUAL = (
    "class A {\n    public boolean equals(Object o) {\n        A other = (A) o;\n"
    "        return name.equals(other.name);\n    }\n}\n"
)
_PLACED = (
    "class A {\n    void f(List<Integer> ids, int at) {\n        use(ids.get(at));\n        ids.remove(at);\n    }\n}\n"
)
_TWICE = (
    "class A {\n    long f(BufferedReader in) {\n        Stream<String> rows = in.lines().filter(streams);\n"
    "        use(rows.count());\n        return rows.count();\n    }\n}\n"
)
_USED = "stream has already been operated upon or closed"
_OTHERS = _FLOOR.replace(
    "    int b(D day)", "    int c(D day) {\n        Rate rate = rates.find(day);\n        if (rate == null) {\n"
    "            rate = rates.last();\n        }\n        return rate.n;\n    }\n    int b(D day)",
)  # fmt: skip
_NIL = "runtime error: invalid memory address or nil pointer dereference"
_LOST = 'Cannot invoke "{}" because the return value of "{}" is null'
_FAR = "Index 2 out of bounds for length 2"
_UNORDERED = "Comparison method violates its general contract!"

_COMPARED = (
    "return java.util.Objects.compare(a.due(), b.due(), "
    "java.util.Comparator.nullsLast(java.util.Comparator.naturalOrder()));"
)

_CASES = [
    ("trailing", _COLUMNS, 5, "ArrayIndexOutOfBoundsException", _FAR, 'String[] cells = line.split(",", -1);'),
    ("merged", _MAP, 4, "IllegalStateException", "Duplicate key USD (attempted merging values 1 and 2)",
     "return rows.stream().collect(Collectors.toMap(Row::code, Row::rate, (earlier, later) -> later));"),
    ("decoded", _JSON, 8, "panic", _NIL, "if err := json.Unmarshal(b, s); err != nil {"),
    ("closed_once", _STOP, 8, "panic", "close of closed channel",
     'import "sync"\nstopOnce sync.Once\np.stopOnce.Do(func() { close(p.stop) })'),
    ("given_back", _POOL, 3, "", "", "try {\n} finally {"),
    ("given_back", _TASKS, 12, "panic", "all goroutines are asleep - deadlock!", "defer wait.Done()"),
    ("loop_end", _SUM, 5, "panic", "runtime error: index out of range [2] with length 2",
     "for i := 0; i < len(xs); i++ {"),
    ("loop_end", _CHUNK.replace("{0}", _CHUNKED.format("i + 9")), 4, "IndexOutOfBoundsException", "toIndex = 9",
     "send(xs.subList(i, Math.min(i + 9, xs.size())));"),
    ("clamped", _PAD, 3, "IllegalArgumentException", "count is negative: -3",
     'return " ".repeat(Math.max(0, 9 - s.length()));'),
    ("remainder", _SHARD, 3, "ArrayIndexOutOfBoundsException", "Index -3 out of bounds for length 8",
     "return counts[Math.floorMod(k.hashCode(), 8)];"),
    ("quoted", _SPLIT, 3, "PatternSyntaxException", "Dangling meta character '*' near index 0",
     "return s.split(java.util.regex.Pattern.quote(mark));"),
    ("nulls_ordered", _ORDER, 4, "NullPointerException", "is null", _COMPARED),
    ("decoder", _BASE64, 3, "IllegalArgumentException", "Illegal base64 character 5f",
     "return Base64.getUrlDecoder().decode(s.replace('+', '-').replace('/', '_'));"),
    ("shadowed", _OUTER, 9, "panic", _NIL, "c = dial(n)"),
    ("own_call", _STRING, 6, "", "", 'return fmt.Sprintf("%d.%v", m/100, int(m))'),
    ("before_mark", _CUT, 5, "panic", "runtime error: slice bounds out of range [:-1]",
     'if strings.Index(s, "@") < 0 {\nreturn s'),
    ("base_case", _DEEP, 4, "panic", _NIL, "if f.Up == nil {\nreturn 1"),
    ("retyped", _ARRAY, 3, "ClassCastException", "class [Ljava.lang.Object; cannot be cast to class [LX;",
     "return xs.toArray(new String[0]);"),
    ("identical", _SAME, 4, "E", "no", "if (java.util.Objects.equals(a, b)) return true;"),
    ("widened", _LONG, 4, "E", "-7", "long ms = (long) days * 86400000;"),
    ("ordered", _LESS, 4, "IllegalArgumentException", _UNORDERED, "xs.sort((a, b) -> Long.compare(b.n(), a.n()));"),
    ("computed_apart", _MEMO, 4, "ConcurrentModificationException", "",
     "Integer value = known.get(k);\nif (value == null) {\nvalue = g(k);\nknown.put(k, value);\nreturn value;"),
    ("usual_fallback", _FLOOR, 10, "NullPointerException", _LOST.format("R.n", "Rates.find(D)"), "return rate.n * 2;"),
    ("typed_nil", _ERROR, 12, "panic", _NIL, "if failure := review(); failure != nil {\nreturn failure"),
    ("named_default", _EVERY, 10, "panic", "non-positive interval for NewTicker",
     "every := w.Every\nif every <= 0 {\nevery = defaultEvery\nt := NewTicker(every)"),
    ("empty_map", _TABLE, 4, "panic", "interface conversion: interface {} is nil, not map[string]string",
     "table, _ := load().(map[string]string)"),
    ("end_of_input", _HEAD, 4, "NullPointerException", _LOST.format("String.split(String)", "java.io.B.readLine()"),
     'var first = in.readLine();\nif (first == null) {\nString[] names = first.split(",");'),
    ("left_out", _JITTER, 4, "panic", "invalid argument to Intn", "if b.Jitter <= 0 {\nreturn b.Base"),
    ("unsubscribed", _LEAVE, 11, "panic", "send on closed channel", "delete(h.subs, id)"),
    ("null_key", _NAMES, 4, "NullPointerException", "", "return (k == null ? null : names.get(k));"),
    ("usual_else", _ELSE, 6, "NoSuchElementException", "No value present",
     "return find(k).map(S::free).orElse(0) + 1;"),
    ("made_folder", _WRITE, 3, "NoSuchFileException", "out/a.txt",
     "Files.createDirectories(p.toAbsolutePath().getParent());"),
    ("ended_channel", _RANGE, 10, "panic", "all goroutines are asleep - deadlock!", "defer close(out)"),
    ("calendar", _MONTH, 3, "DateTimeException", "Invalid value for MonthOfYear", "return d.plusMonths(1);"),
    ("asked_call", _HOOK, 4, "panic", _NIL, "if j.Done != nil {"),
    ("loop_end", _DROP, 5, "panic", "index out of range [2] with length 2", "for i := len(xs) - 1; i >= 0; i-- {"),
    ("given_back", _TRIED, 4, "E", "", "try {\n} finally {"),
    ("clamped", _JOINED, 3, "StringIndexOutOfBoundsException", "String index out of range: -2",
     "b.setLength(Math.max(0, b.length() - 2));"),
]  # fmt: skip

_ALONE = [
    ("trailing", _COLUMNS, 5, "ArrayIndexOutOfBoundsException", "Index 0 out of bounds for length 0"),
    ("merged", _MAP.replace("; the last one holds", ""), 4, "IllegalStateException", "Duplicate key USD"),
    ("decoded", _JSON.replace("&s)", "s)"), 8, "panic", _NIL),
    ("given_back", _HELD, 3, "", ""),
    ("loop_end", _SUM.replace("<=", "<"), 5, "panic", "runtime error: index out of range [2] with length 2"),
    ("clamped", _PAD, 3, "IllegalArgumentException", "no such thing"),
    ("quoted", _REGEX, 3, "PatternSyntaxException", "Dangling meta character '*' near index 0"),
    ("nulls_ordered", _ORDER.replace("; those without a date come last", ""), 4, "NullPointerException", ""),
    ("decoder", _BASE64, 3, "IllegalArgumentException", "Illegal base64 character 3f"),
    ("shadowed", _OUTER.replace("c :=", "d :="), 9, "panic", _NIL),
    ("own_call", _STRING.replace(", m)", ", m%100)"), 6, "", ""),
    ("identical", _INTS, 4, "E", "no"),
    ("widened", _LONG.replace("int days", "long days"), 4, "E", "-7"),
    ("ordered", _LESS, 4, "IllegalArgumentException", "another"),
    ("usual_fallback", _FLOOR.replace("first()", "find(day)").replace("if (rate == null)", "if (late)"), 10,
     "NullPointerException", "is null"),
    ("typed_nil", _ERROR.replace("() error {\n\treturn review()", "() error {\n\treturn nil"), 12, "panic", _NIL),
    ("named_default", _EVERY.replace("defaultEvery", "defaultOther"), 10, "panic", "non-positive interval"),
    ("empty_map", _WRITTEN, 4, "panic", "interface conversion: interface {} is nil, not map[string]string"),
    ("left_out", _JITTER.replace("+", "*"), 4, "panic", "invalid argument to Intn"),
    ("null_key", _NAMES.replace("Map.of()", "new HashMap<>()"), 4, "NullPointerException", ""),
    ("null_key", _NAMES, 4, "NullPointerException", _LOST.format("Integer.intValue()", "java.util.Map.get(Object)")),
    ("usual_else", _ELSE.replace(".orElse(0)", ".get()"), 6, "NoSuchElementException", "No value present"),
    ("made_folder", _WRITE.replace("writeString", "readString"), 3, "NoSuchFileException", "out/a.txt"),
    ("ended_channel", _RANGE.replace("use(x)", "close(out)"), 10, "panic", "all goroutines are asleep - deadlock!"),
    ("calendar", _MONTH, 3, "DateTimeParseException", ""),
    ("asked_call", _HOOK.partition("func skip")[0], 4, "panic", _NIL),
    ("unsubscribed", _LEAVE.replace("close(c)", "close(c)\n\t\tdelete(h.subs, id)"), 12, "panic",
     "send on closed channel"),
]  # fmt: skip


_UNFOUNDED = [
    ("ordered", _SORT.replace("{0}", "a.at().getTime() - b.at().getTime() > 0 ? 1 : -1"), 4,
     "IllegalArgumentException", _UNORDERED),
    ("ordered", _SORT.replace("{0}", "a.n() - b.n() > 0 ? 1 : -1"), 4, "IllegalArgumentException", _UNORDERED),
    ("ordered", _SORT.replace("{0}", "a.rank() > b.rank() ? 1 : -1"), 4, "IllegalArgumentException", _UNORDERED),
    ("ordered", _SORT.replace("(a, b) -> {0}", "order, k -> k.n() - base.n()"), 4, "IllegalArgumentException",
     _UNORDERED),
    ("calendar", _STEP.replace("{0}", "getMonthValue"), 3, "DateTimeException", "Invalid value for DayOfMonth: 37"),
    ("before_mark", _BETWEEN.replace('"]"', "mark()"), 6, "StringIndexOutOfBoundsException",
     "begin 2, end -1, length 9"),
    ("before_mark", _BETWEEN.replace('int b = s.indexOf("]")', "int b = find(s)"), 6,
     "StringIndexOutOfBoundsException", "begin 2, end -1, length 9"),
    ("loop_end", _NEXT.replace("{0}", "use(xs.get(i), ys.get(i + 1));"), 4, "IndexOutOfBoundsException", _FAR),
    ("loop_end", _NEXT.replace("{0}", "if (xs.get(i + 1) == 0) total += xs.get(i);"), 4,
     "IndexOutOfBoundsException", _FAR),
    ("loop_end", _NEXT.replace("i < xs", "i <= xs").replace("{0}", "use(ys.get(i));"), 4,
     "IndexOutOfBoundsException", _FAR),
    ("clamped", _ROOM.replace("{0}", "n * 1000"), 3, "IllegalArgumentException", "Illegal Capacity: -2147483648"),
    ("clamped", _ROOM.replace("{0}", "n - m"), 3, "IllegalArgumentException", "Illegal Capacity: -2147483647"),
    ("clamped", _BUFFER.replace("{0}", "n*m"), 4, "panic", "runtime error: makeslice: cap out of range"),
    ("clamped", _BUFFER.replace("{0}", "n"), 4, "panic", "runtime error: makeslice: cap out of range"),
    ("base_case", _PATH, 4, "panic", _NIL),
    ("computed_apart", _EVICT, 4, "ConcurrentModificationException", ""),
    ("quoted", _MASK.replace("{0}", '""'), 3, "PatternSyntaxException", "Dangling meta character '*' near index 0"),
    ("given_back", _LENT, 3, "", ""),
    ("given_back", _POOL.replace("conn.call();", "if (late) held.add(conn);"), 3, "", ""),
    ("retyped", _CAST, 3, "ClassCastException", "class X cannot be cast to class java.util.ArrayList"),
    ("retyped", _EQUAL, 4, "NullPointerException",
     'Cannot invoke "String.equals(Object)" because "this.name" is null'),
    ("retyped", _PLACED, 4, "IndexOutOfBoundsException", _FAR),
    ("retyped", _TWICE, 5, "IllegalStateException", _USED),
    ("widened", _LONG, 4, "E", "no such account"),
    ("usual_else", _ELSE.replace("get()", "orElseThrow()"), 6, "NoSuchElementException", "No value present"),
    ("usual_else", _ELSE.replace("find(k).map", "plans.find(k).map"), 6, "NoSuchElementException", "No value present"),
    ("usual_else", _ELSE.replace("find(k).map", "plan(k).map"), 6, "NoSuchElementException", "No value present"),
    ("usual_fallback", _OTHERS, 17, "NullPointerException", _LOST.format("R.n", "Rates.find(D)")),
    ("quoted", _MASK.replace("{0}", '"<$1>"'), 3, "IndexOutOfBoundsException", "No group 1"),
]  # fmt: skip


def _make_trouble(text: str, line: int, exception: str, message: str) -> Trouble:
    source = Source("a.go" if text.startswith("package") else "A.java", text.encode())
    return Trouble(source, line, exception, message, "connection_pool_exhaustion", {source.path: source})


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case[0])
def test_meant_code_is_written(case: tuple[str, str, int, str, str, str]) -> None:
    """A fixer writes what the code meant, it is called no guess, and the file still parses."""
    name, text, line, exception, message, expected = case
    trouble = _make_trouble(text, line, exception, message)
    fix = next(FIXERS[name](trouble))
    old = {row.strip() for row in trouble.source.lines}
    assert [row.strip() for row in fix.source.lines if row.strip() not in old] == expected.split("\n")
    assert find_fault(fix.source) is None
    assert not fix.guess


@pytest.mark.parametrize(("name", "text", "line", "exception", "message"), _ALONE)
def test_other_code_is_left_alone(name: str, text: str, line: int, exception: str, message: str) -> None:
    """A fixer does nothing where the message, the code or the description does not speak for it."""
    assert list(FIXERS[name](_make_trouble(text, line, exception, message))) == []


@pytest.mark.parametrize(("name", "text", "line", "exception", "message"), _UNFOUNDED)
def test_no_other_meaning_is_called_a_fix(name: str, text: str, line: int, exception: str, message: str) -> None:
    """Where code of nearly the same shape means something else, nothing is written, or it is called a guess."""
    assert all(fix.guess for fix in FIXERS[name](_make_trouble(text, line, exception, message)))


def test_the_mark_that_lacks_is_asked_for() -> None:
    """The guard asks for the mark that the message says is not in the text, not for the first one."""
    message = "begin 2, end -1, length 9"
    fix = next(FIXERS["before_mark"](_make_trouble(_BETWEEN, 6, "StringIndexOutOfBoundsException", message)))
    assert "if (b < 0) {" in fix.source.text
    assert not fix.guess


def test_neighbours_are_compared_up_to_the_last() -> None:
    """A loop that takes items only to compare each with the next ends before the last, and that is no guess."""
    text = _NEXT.replace("{0}", "if (xs.get(i) > xs.get(i + 1)) falls++;")
    fix = next(FIXERS["loop_end"](_make_trouble(text, 4, "IndexOutOfBoundsException", _FAR)))
    assert "i < xs.size() - 1; i++" in fix.source.text
    assert not fix.guess


def test_every_fixer_has_a_case() -> None:
    """No fixer of these languages is without a case."""
    assert {case[0] for case in _CASES} == set(TYPED)
