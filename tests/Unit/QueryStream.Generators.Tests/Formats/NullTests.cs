using System.Collections.Immutable;
using System.Text;
using QueryStream.Core.Codecs;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Records;

namespace QueryStream.Generators.Tests.Formats;

[StreamRecord]
public sealed record Click(string User, Text Url, DateTimeOffset Ts, string? Note);

[StreamRecord]
public sealed class Initialized
{
    public string User { get; set; } = "nobody";

    public int Ms { get; init; } = 7;

    public List<int> Numbers { get; set; } = [];

    public required Text Id { get; init; }

    public string? Note;

    public double Factor = 1.5;
}

[StreamRecord]
public sealed class SetByConstructor
{
    public SetByConstructor()
    {
        (User, At) = ("nobody", new EventTime(5));
    }

    public string User { get; set; }

    public EventTime At { get; set; }

    public int Ms { get; set; }
}

[StreamRecord]
public sealed record Nested(
    List<string>? Names,
    List<string?>? MaybeNames,
    Text[]? Texts,
    ImmutableArray<int>? Numbers,
    Dictionary<string, List<string>>? Lists,
    Dictionary<string, string?>? MaybeValues,
    (string First, int? Second)? Pair,
    List<Click>? Clicks);

[StreamRecord]
public sealed record Generic<TAny, TNotNull, TStruct>(TAny Any, TNotNull NotNull, TStruct Struct)
    where TNotNull : notnull
    where TStruct : struct;

#nullable disable
[StreamRecord]
public sealed record Oblivious(string User, List<string> Names, int Count);
#nullable restore

/// <summary>A member that is not nullable is never null, whatever is missing or null in JSON.</summary>
public sealed class NullTests
{
    [Theory]
    [InlineData("""{"url":"/","ts":"2026-01-05T10:00:01Z"}""", "missing-member", "user is missing, at byte 38")]
    [InlineData("""{"user":"a","url":"/"}""", "missing-member", "ts is missing, at byte 21")]
    [InlineData("""{"user":null,"url":"/","ts":"2026-01-05T10:00:01Z"}""", "wrong-type", "user is null where a string must be, at byte 8")]
    [InlineData("""{"user":"a","url":null,"ts":"2026-01-05T10:00:01Z"}""", "wrong-type", "url is null where a string must be, at byte 18")]
    [InlineData("""{"user":"a","url":"/","ts":null}""", "wrong-type", "ts is null where a time like 2025-12-09T11:30:00Z must be, at byte 27")]
    public void A_member_that_is_not_nullable_is_required(string json, string reason, string problem) => Refuse<Click>(json, reason, problem);

    [Fact]
    public void A_member_that_is_nullable_may_be_missing_or_null()
    {
        Assert.Null(Read<Click>("""{"user":"a","url":"/","ts":"2026-01-05T10:00:01Z"}""").Note);
        Assert.Null(Read<Click>("""{"user":"a","url":"/","ts":"2026-01-05T10:00:01Z","note":null}""").Note);
    }

    [Fact]
    public void Initializers_survive_where_a_member_is_missing_or_null()
    {
        Assert.Equal(("nobody", 7, 0, null, 1.5), Values(Read<Initialized>("""{"id":"a"}""")));
        Assert.Equal(
            ("nobody", 7, 0, null, 1.5), Values(Read<Initialized>("""{"id":"a","user":null,"ms":null,"numbers":null,"note":null,"factor":null}""")));
        Assert.Equal(("b", 8, 1, "n", 2.0), Values(Read<Initialized>("""{"id":"a","user":"b","ms":8,"numbers":[1],"note":"n","factor":2}""")));
        Assert.Equal(("nobody", 8, 0, null, 1.5), Values(Read<Initialized>("""{"id":"a","user":"b","user":null,"ms":8}""")));
        Refuse<Initialized>("{}", "missing-member", "id is missing, at byte 1");
    }

    [Fact]
    public void Each_row_has_a_list_of_its_own()
    {
        Initialized first = Read<Initialized>("""{"id":"a"}""");
        first.Numbers.Add(1);
        Assert.Empty(Read<Initialized>("""{"id":"a"}""").Numbers);
    }

    [Fact]
    public void Members_that_a_constructor_sets_are_optional_and_others_are_required()
    {
        SetByConstructor read = Read<SetByConstructor>("""{"ms":1}""");
        Assert.Equal(("nobody", new EventTime(5), 1), (read.User, read.At, read.Ms));
        Refuse<SetByConstructor>("{}", "missing-member", "ms is missing, at byte 1");
    }

    [Theory]
    [InlineData("""{"names":["a",null]}""", "names holds null where a string must be, at byte 9")]
    [InlineData("""{"texts":[null]}""", "texts holds null where a string must be, at byte 9")]
    [InlineData("""{"lists":{"a":["b"],"c":null}}""", "lists holds null where a value must be, at byte 9")]
    [InlineData("""{"lists":{"a":["b",null]}}""", "lists holds null where a string must be, at byte 9")]
    [InlineData("""{"pair":[null,1]}""", "pair holds null where a string must be, at byte 8")]
    [InlineData("""{"clicks":[null]}""", "clicks holds null where a value must be, at byte 10")]
    public void Null_inside_of_a_member_is_refused(string json, string problem) => Refuse<Nested>(json, "wrong-type", problem);

    [Fact]
    public void Null_inside_of_a_member_is_allowed_by_a_nullable_type()
    {
        Nested read = Read<Nested>("""{"maybeNames":[null,"a"],"maybeValues":{"a":null},"pair":["a",null],"numbers":null,"lists":null,"names":[]}""");
        Assert.Equal([null, "a"], read.MaybeNames!);
        Assert.Null(read.MaybeValues!["a"]);
        Assert.Equal(("a", null), read.Pair!.Value);
        Assert.Null(read.Numbers);
    }

    [Fact]
    public void Type_parameters_are_required_by_their_constraints()
    {
        Assert.Null(Read<Generic<string?, string, int>>("""{"notNull":"a","struct":1}""").Any);
        Refuse<Generic<string, string, int>>("""{"any":"a","struct":1}""", "missing-member", "notNull is missing, at byte 21");
        Refuse<Generic<string, string, int>>(
            """{"any":"a","notNull":null,"struct":1}""", "wrong-type", "notNull is null where a value must be, at byte 21");
        Refuse<Generic<string, int, int>>("""{"any":"a","notNull":1}""", "missing-member", "struct is missing, at byte 22");
    }

    [Fact]
    public void Without_nullable_annotations_references_are_optional_and_values_are_required()
    {
        Assert.Null(Read<Oblivious>("""{"count":1,"names":[null]}""").User);
        Refuse<Oblivious>("{}", "missing-member", "count is missing, at byte 1");
    }

    [Fact]
    public void A_new_member_has_its_initial_value()
    {
        CodecWriter writer = new();
        Codec<OnlyId>.Instance.Write(writer, new OnlyId(Text.From("a")));
        Initialized read = Codec<Initialized>.Instance.DecoderOf(Codec<OnlyId>.Instance.Schema).Read(new CodecReader(writer.Written.ToArray()));
        Assert.Equal(("nobody", 7, 0, null, 1.5), Values(read));
    }

    [Fact]
    public void An_unknown_member_is_skipped_at_any_depth()
    {
        foreach (int depth in (int[])[1, 62, 63, 64, 65, 1000, 100_000])
        {
            string deep = string.Concat(Enumerable.Repeat("{\"a\":[", depth)) + "1" + string.Concat(Enumerable.Repeat("]}", depth));
            Assert.Equal("b", Read<Click>($$"""{"extra":{{deep}},"user":"b","url":"/","ts":"2026-01-05T10:00:01Z"}""").User);
        }
    }

    [Fact]
    public void Each_record_of_the_fault_file_is_a_row()
    {
        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Formats", "deep-member.jsonl"));
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.True(Read<CardAmount>(line).Card > 0));
    }

    private static (string User, int Ms, int Numbers, string? Note, double Factor) Values(Initialized row) =>
        (row.User, row.Ms, row.Numbers.Count, row.Note, row.Factor);

    private static T Read<T>(string json)
    {
        Assert.True(new JsonRowReader<T>().TryRead(Encoding.UTF8.GetBytes(json), out T row, out JsonProblem problem), problem.ToString());
        return row;
    }

    private static void Refuse<T>(string json, string reason, string text)
    {
        Assert.False(new JsonRowReader<T>().TryRead(Encoding.UTF8.GetBytes(json), out _, out JsonProblem problem));
        Assert.Equal((reason, text), (problem.Reason, problem.ToString()));
    }
}

[StreamRecord]
public sealed record OnlyId(Text Id);

[StreamRecord]
public sealed record CardAmount(int Card, decimal Amount, DateTimeOffset At);
