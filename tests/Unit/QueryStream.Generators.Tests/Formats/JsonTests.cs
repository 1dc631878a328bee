using System.Buffers;
using System.Text;
using QueryStream.Core;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Generators.Tests.Records;
using QueryStream.Streams.Records;
using QueryStream.TestKit;

namespace QueryStream.Generators.Tests.Formats;

/// <summary>JSON formats that the compiler generated for the records of this project.</summary>
public sealed class JsonTests
{
    [Fact]
    public void A_record_with_every_type_survives_a_round_trip()
    {
        Everything read = Read<Everything>(Write(CodecTests.Full));
        Assert.Equivalent(CodecTests.Full, read, strict: true);
        Assert.Equal(Write(CodecTests.Full), Write(read));
    }

    [Fact]
    public void A_record_of_default_values_survives_a_round_trip() =>
        Assert.Equal(Write(new Everything()), Write(Read<Everything>(Write(new Everything()))));

    [Fact]
    public void Names_are_written_as_the_record_says_and_letters_of_all_languages_stay()
    {
        Assert.Equal("""{"tên":"Nguyễn Văn A","năm học \"hai\"":2}""", Write(new Vietnamese("Nguyễn Văn A", 2)));
        Assert.Equal("""{"user_id":1,"$id":2,"http_status_code":null,"value2_go":3}""", Write(new Snake(1, 2, null, 3)));
        Assert.Equal("""{"UserId":1,"userId":2}""", Write(new AsDeclared(1, 2)));
        Assert.Equal("""{"first":{"x":1,"y":2},"second":"blue!"}""", Write(new Pair<Point, Color>(new Point(1, 2), Color.Blue)));
    }

    [Fact]
    public void Names_are_read_as_they_are_declared_and_as_they_are_written()
    {
        Assert.Equal(new Point(1, 2), Read<Point>("""{"X":1,"y":2}"""));
        Assert.Equal(new AsDeclared(1, 2), Read<AsDeclared>("""{"UserId":1,"userId":2}"""));
        Assert.Equal(new Snake(1, 2, "3", 4), Read<Snake>("""{"UserId":1,"OtherId":9,"$id":2,"http_status_code":"3","Value2Go":4}"""));
        Assert.Equal(new Vietnamese("a", 0), Read<Vietnamese>("""{"t\u00ean":"a","năm":5,"năm học \"hai\"":0}"""));
    }

    [Fact]
    public void The_members_of_a_record_are_listed_as_they_are_written()
    {
        Assert.Equal([new JsonMember("x", "X", typeof(int), true), new JsonMember("y", "Y", typeof(int), true)], JsonFormat<Point>.Instance.Members);
        Assert.Equal(["user_id", "$id", "http_status_code", "value2_go"], JsonFormat<Snake>.Instance.Members.Select(member => member.Name));
        Assert.Empty(JsonFormat<int>.Instance.Members);
    }

    [Fact]
    public void Unknown_names_are_skipped_and_the_last_duplicate_counts()
    {
        Assert.Equal(new Point(3, 2), Read<Point>("""{"x":1,"y":2,"z":{"x":[1,{"x":5}]},"":null,"x":3}"""));
    }

    [Fact]
    public void A_missing_member_has_the_default_of_the_constructor() =>
        Assert.Equal(new Customer(Text.From("a")), Read<Customer>("""{"id":"a"}"""));

    [Fact]
    public void Texts_are_read_without_their_escapes()
    {
        Customer read = Read<Customer>("""{"id":"Sinh vi\u00ean \ud83d\ude00\n","name":"\"\\\/"}""");
        Assert.Equal(("Sinh viên 😀\n", "\"\\/"), (read.Id.ToString(), read.Name));
    }

    [Theory]
    [InlineData("""{"x":"1"}""", "wrong-type", "x", 5)]
    [InlineData("""{"x":null}""", "wrong-type", "x", 5)]
    [InlineData("""{"x":1.5}""", "wrong-type", "x", 5)]
    [InlineData("""{"y":1, "x":3000000000}""", "wrong-type", "x", 12)]
    [InlineData("""{"x":{}}""", "wrong-type", "x", 5)]
    [InlineData("""[1]""", "wrong-type", "", 0)]
    [InlineData("""null""", "wrong-type", "", 0)]
    [InlineData("""{"x":1""", "malformed-json", "", 6)]
    [InlineData("""{"x":1}}""", "malformed-json", "", 7)]
    [InlineData("", "malformed-json", "", 0)]
    public void A_text_that_is_not_a_point_is_refused_with_its_position(string json, string reason, string member, long position)
    {
        JsonProblem problem = Refuse<Point>(Encoding.UTF8.GetBytes(json));
        Assert.Equal((reason, member, position), (problem.Reason, problem.Member, problem.Position));
    }

    [Fact]
    public void The_path_of_a_wrong_value_is_given_from_the_outside_to_the_inside()
    {
        Assert.Equal("points[1].y", Refuse<Everything>("""{"points":[{"x":1,"y":2},{"y":true}]}"""u8).Member);
        Assert.Equal("customers.a.level", Refuse<Everything>("""{"customers":{"a":{"level":"x"}}}"""u8).Member);
        Assert.Equal("pair[1]", Refuse<Everything>("""{"pair":[1,2]}"""u8).Member);
        Assert.Equal("pair[1]", Refuse<Everything>("""{"pair":[1]}"""u8).Member);
        Assert.Equal("pair", Refuse<Everything>("""{"pair":[1,"a",3]}"""u8).Member);
        Assert.Equal("names[0]", Refuse<Everything>("""{"names":[7]}"""u8).Member);
        Assert.Equal("wrong-type", Refuse<Everything>("""{"colors":{"green":1}}"""u8).Reason);
        Assert.Contains(
            "level is the string 'x' where an integer of 32 bits must be, at byte 9", Refuse<Customer>("""{"level":"x"}"""u8).ToString(),
            StringComparison.Ordinal);
        Assert.Contains("one of None, DarkRed, blue!", Refuse<Customer>("""{"color":"green"}"""u8).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_required_member_is_refused()
    {
        JsonProblem problem = Refuse<Account>("""{"id":"a","note":"b","version":1,"level":2}"""u8);
        Assert.Equal(("missing-member", "owner"), (problem.Reason, problem.Member));
        Assert.Equal("o", Read<Account>("""{"id":"a","owner":"o","version":1,"level":2}""").Owner.ToString());
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused()
    {
        Assert.Equal("invalid-utf8", Refuse<Customer>([.. "{\"id\":\""u8, 0xFF, .. "\"}"u8]).Reason);
        Assert.Equal("malformed-json", Refuse<Customer>("""{"id":"\ud83d"}"""u8).Reason);
        Assert.Equal("id", Refuse<Customer>("""{"id":"\ud83d"}"""u8).Member);
        Assert.Equal(new Customer(Text.From("a")), Read<Customer>("\uFEFF{\"id\":\"a\"}"));
    }

    [Fact]
    public void A_problem_does_not_affect_the_next_row()
    {
        JsonRowReader<Loose> reader = new();
        Assert.False(reader.TryRead("""{"points":[{"y":true}]}"""u8, out _, out _));
        Assert.True(reader.TryRead("""{"int":1}"""u8, out Loose row, out JsonProblem problem));
        Assert.Equal((1, default), (row.Int, problem));
        Assert.False(reader.TryRead("""{"int":true}"""u8, out _, out problem));
        Assert.Equal("int", problem.Member);
    }

    [Theory]
    [InlineData("2025-12-09T11:30:00Z", "2025-12-09T11:30:00.0000000+00:00")]
    [InlineData("2025-12-09T11:30:00.5+07:00", "2025-12-09T11:30:00.5000000+07:00")]
    [InlineData("2025-12-09T11:30:00", "2025-12-09T11:30:00.0000000+00:00")]
    [InlineData("2025-12-09T11:30+07:00", "2025-12-09T11:30:00.0000000+07:00")]
    [InlineData("2025-12-09", "2025-12-09T00:00:00.0000000+00:00")]
    public void Times_are_read_alike_in_every_time_zone(string text, string expected)
    {
        DateTimeOffset read = Read<Loose>($$"""{"dateTimeOffset":"{{text}}"}""").DateTimeOffset;
        Assert.Equal(expected, read.ToString("O"));
        Assert.Equal(EventTime.From(read), Read<Loose>($$"""{"eventTime":"{{text}}"}""").EventTime);
        DateTime time = Read<Loose>($$"""{"dateTime":"{{text}}"}""").DateTime;
        Assert.NotEqual(DateTimeKind.Local, time.Kind);
        Assert.Equal(read.UtcDateTime, time);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    public void Numbers_that_JSON_does_not_have_are_strings(string name)
    {
        string json = Write(new Doubles(double.Parse(name, System.Globalization.CultureInfo.InvariantCulture), 1.10m));
        Assert.Equal($$"""{"value":"{{name}}","exact":1.10}""", json);
        Assert.Equal(
            name,
            Read<Doubles>(json).Value.ToString(System.Globalization.CultureInfo.InvariantCulture).Replace("∞", "Infinity", StringComparison.Ordinal));
        Refuse<Doubles>("""{"value":"1"}"""u8);
        Refuse<Doubles>("""{"value":1e999}"""u8);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        SeededRandom random = new(seed: 11);
        JsonRowReader<Everything> reader = new();
        byte[] good = Encoding.UTF8.GetBytes(Write(CodecTests.Full));
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. good.AsSpan(0, random.Next(good.Length + 1))];
            for (int changes = random.Next(5); changes > 0 && bytes.Length > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next();
            }

            reader.TryRead(bytes, out _, out _);
        }
    }

    [Fact]
    public void A_row_without_strings_allocates_nothing_when_read_or_written()
    {
        JsonRowReader<OrderKey> reader = new();
        using JsonRowWriter<OrderKey> writer = new();
        ArrayBufferWriter<byte> output = new(1024);
        byte[] json = """{"shop":"a","number":7,"at":"2025-12-09T11:30:00Z","place":{"x":1,"y":2},"other":[1,2]}"""u8.ToArray();
        Run(10_000);

        // Only the bytes of the texts are allocated, in chunks.
        const long Chunks = 50_000;
        Assert.InRange(Allocations.By(() => Run(10_000), enough: Chunks), 0, Chunks);

        void Run(int rows)
        {
            for (int i = 0; i < rows; i++)
            {
                Assert.True(reader.TryRead(json, out OrderKey row, out _));
                output.ResetWrittenCount();
                writer.Write(output, row);
            }
        }
    }

    [Fact]
    public void A_type_without_a_format_is_refused_by_name()
    {
        JobDefinitionException refusal = Assert.Throws<JobDefinitionException>(JsonFormat<List<Version>>.Check);
        Assert.Contains("because System.Version has none", refusal.Message, StringComparison.Ordinal);
        JsonFormat<Pair<int, Everything>>.Check();
    }

    private static T Read<T>(string json)
    {
        Assert.True(new JsonRowReader<T>().TryRead(Encoding.UTF8.GetBytes(json), out T row, out JsonProblem problem), problem.ToString());
        return row;
    }

    private static JsonProblem Refuse<T>(ReadOnlySpan<byte> json)
    {
        Assert.False(new JsonRowReader<T>().TryRead(json, out _, out JsonProblem problem));
        return problem;
    }

    private static string Write<T>(T value)
    {
        using JsonRowWriter<T> writer = new();
        ArrayBufferWriter<byte> output = new();
        writer.Write(output, value);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
