using System.Text;
using QueryStream.Core;
using QueryStream.Core.Texts;
using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Jobs.QueryAnalytics.Generation;
using QueryStream.Streams.Formats;
using QueryStream.TestKit;

namespace QueryStream.Jobs.Tests.QueryAnalytics;

public sealed class QueryDecoderTests
{
    [Fact]
    public void A_complete_event_becomes_a_row()
    {
        Query row = Decoding.Good("""
            {"query":"Học phí","user_id":"u1","user_type":"Sinh viên","years":2,"department_id":"D7","response_time":41.25,"success":false,
             "timestamp":"2025-12-09T11:30:00.5Z"}
            """);
        Assert.Equal("học phí", row.QueryText.ToString());
        Assert.Equal("u1", row.UserId.ToString());
        Assert.Equal("Sinh viên", row.UserType.ToString());
        Assert.Equal(2, row.Years);
        Assert.Equal("D7", row.DepartmentId.ToString());
        Assert.Equal(41.25, row.ResponseTime);
        Assert.False(row.IsSuccess);
        Assert.Equal(1_765_279_800_500, row.Time.Milliseconds);
        Assert.Equal(Decoding.Position, row.Position);
    }

    [Theory]
    [InlineData("""{"query":"a"}""")]
    [InlineData(
        """{"query":"a","user_id":null,"user_type":null,"years":null,"department_id":null,"response_time":null,"success":null,"timestamp":null}""")]
    public void Only_the_query_is_required_and_null_is_the_same_as_missing(string json)
    {
        Query row = Decoding.Good(json);
        Assert.Equal("a", row.QueryText.ToString());
        Assert.False(row.UserId.HasValue);
        Assert.Equal("unknown", row.UserType.ToString());
        Assert.Equal("unknown", row.DepartmentId.ToString());
        Assert.Null(row.Years);
        Assert.Null(row.ResponseTime);
        Assert.True(row.IsSuccess);
        Assert.Equal(Decoding.RecordTime, row.Time.Milliseconds);
    }

    [Theory]
    [InlineData("""{"query_text":"B"}""", "b")]
    [InlineData("""{"query":"A","query_text":"B"}""", "a")]
    [InlineData("""{"query_text":"B","query":"A"}""", "a")]
    [InlineData("""{"query":null,"query_text":"B"}""", "b")]
    [InlineData("""{"query_text":"B","query":null}""", "b")]
    [InlineData("""{"query":"A","query":"C"}""", "c")]
    [InlineData("""{"query":"A","query":null,"query_text":"B"}""", "b")]
    public void The_query_is_query_or_else_query_text(string json, string expected) =>
        Assert.Equal(expected, Decoding.Good(json).QueryText.ToString());

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"query":null}""")]
    [InlineData("""{"user_id":"u"}""")]
    [InlineData("""{"query":""}""")]
    [InlineData("""{"query":"  \t\r\n  "}""")]
    [InlineData("""{"query":"\u00a0\u3000\u2028\u0085"}""")]
    [InlineData("""{"query":"","query_text":"B"}""")]
    [InlineData("""{"query":"A","query":""}""")]
    public void An_event_without_a_query_is_a_dead_letter(string json) => Rejects(json, QueryRejectReasons.EmptyQuery);

    [Theory]
    [InlineData("""{"query":"ho\u0323c phi\u0301"}""", "học phí")]
    [InlineData("""{"query":"  HỌC\t\n PHÍ "}""", "học phí")]
    [InlineData("""{"query":"ĐIỂM"}""", "điểm")]
    [InlineData("""{"query":"a\u00a0\u3000b"}""", "a b")]
    [InlineData("""{"query":"say \"hi\" \\ \/ \ud83c\udfe0"}""", "say \"hi\" \\ / 🏠")]
    [InlineData("""{"q\u0075ery":"x"}""", "x")]
    [InlineData("""{"query":"a\u0000b"}""", "a\0b")]
    [InlineData("""{"query":"a\ufffeE\u0301"}""", "a\uFFFEé")]
    public void The_query_is_normalized(string json, string expected) => Assert.Equal(expected, Decoding.Good(json).QueryText.ToString());

    [Theory]
    [InlineData("\"Sinh viên\"", "Sinh viên")]
    [InlineData("\"  Sinh vie\\u0302n \"", "Sinh viên")]
    [InlineData("\"SINH VIÊN\"", "SINH VIÊN")]
    [InlineData("\"a  b\"", "a  b")]
    [InlineData("\"\"", "unknown")]
    [InlineData("\" \\u00a0 \"", "unknown")]
    [InlineData("null", "unknown")]
    public void Group_keys_are_trimmed_and_composed_and_unknown_where_empty(string json, string expected)
    {
        Assert.Equal(expected, Decoding.Good($$"""{"query":"a","user_type":{{json}}}""").UserType.ToString());
        Assert.Equal(expected, Decoding.Good($$"""{"query":"a","department_id":{{json}}}""").DepartmentId.ToString());
    }

    [Theory]
    [InlineData("17", "17")]
    [InlineData("-0.50", "-0.50")]
    [InlineData("1E5", "1E5")]
    [InlineData("12345678901234567890123", "12345678901234567890123")]
    public void Numbers_as_user_or_department_count_as_their_text(string json, string expected)
    {
        Query row = Decoding.Good($$"""{"query":"a","user_id":{{json}},"department_id":{{json}}}""");
        Assert.Equal(Text.From(expected), row.UserId);
        Assert.Equal(Text.From(expected), row.DepartmentId);
    }

    [Fact]
    public void A_user_is_taken_as_it_is()
    {
        Assert.Equal(" U\u0301 ", Decoding.Good("""{"query":"a","user_id":" U\u0301 "}""").UserId.ToString());
        Assert.True(Decoding.Good("""{"query":"a","user_id":""}""").UserId.HasValue);
    }

    [Theory]
    [InlineData("2", 2L)]
    [InlineData("\"2\"", 2L)]
    [InlineData("\" 2 \"", 2L)]
    [InlineData("\"02\"", 2L)]
    [InlineData("\"+2\"", 2L)]
    [InlineData("-3", -3L)]
    [InlineData("0", 0L)]
    [InlineData("-0", 0L)]
    [InlineData("2.0", 2L)]
    [InlineData("2e1", 20L)]
    [InlineData("\"\\u0032\"", 2L)]
    [InlineData("9223372036854775807", 9223372036854775807L)]
    [InlineData("2.5", null)]
    [InlineData("\"2.0\"", null)]
    [InlineData("\"two\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("\"2 3\"", null)]
    [InlineData("\"0x2\"", null)]
    [InlineData("\"1,000\"", null)]
    [InlineData("1e300", null)]
    [InlineData("1e400", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("null", null)]
    public void Years_are_an_integer_or_an_integer_string_and_else_unknown(string json, long? expected) =>
        Assert.Equal(expected, Decoding.Good($$"""{"query":"a","years":{{json}}}""").Years);

    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("-0.0", 0.0)]
    [InlineData("-1.5", -1.5)]
    [InlineData("12e-1", 1.2)]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    [InlineData("5e-324", double.Epsilon)]
    [InlineData("1e-400", 0.0)]
    [InlineData("null", null)]
    public void The_response_time_is_any_number_that_a_double_can_hold(string json, double? expected) =>
        Assert.Equal(expected, Decoding.Good($$"""{"query":"a","response_time":{{json}}}""").ResponseTime);

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("null", true)]
    public void A_missing_success_is_a_success(string json, bool expected) =>
        Assert.Equal(expected, Decoding.Good($$"""{"query":"a","success":{{json}}}""").IsSuccess);

    [Theory]
    [InlineData("\"2025-12-09T11:30:00\"", 1_765_279_800_000)]
    [InlineData("\"2025-12-09T18:30:00+07:00\"", 1_765_279_800_000)]
    [InlineData("\"2025-12-09T18:30:00\\u002b07:00\"", 1_765_279_800_000)]
    [InlineData("1765279800000", 1_765_279_800_000)]
    [InlineData("1765279800000.0", 1_765_279_800_000)]
    [InlineData("1765279800000.9", 1_765_279_800_000)]
    [InlineData("1.7652798e12", 1_765_279_800_000)]
    [InlineData("0", 0)]
    [InlineData("-0.5", -1)]
    [InlineData("null", Decoding.RecordTime)]
    public void The_time_is_ISO_8601_or_epoch_milliseconds_or_that_of_the_record(string json, long expected) =>
        Assert.Equal(expected, Decoding.Good($$"""{"query":"a","timestamp":{{json}}}""").Time.Milliseconds);

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"yesterday\"")]
    [InlineData("\"1765279800000\"")]
    [InlineData("\"2025-02-29T00:00:00Z\"")]
    [InlineData("1e300")]
    [InlineData("1e400")]
    [InlineData("99999999999999999999")]
    public void A_time_that_cannot_be_read_is_a_dead_letter(string json) =>
        Rejects($$"""{"query":"a","timestamp":{{json}}}""", QueryRejectReasons.BadTimestamp, "timestamp");

    [Theory]
    [InlineData("query", "17")]
    [InlineData("query", "true")]
    [InlineData("query", "[\"a\"]")]
    [InlineData("query", "{}")]
    [InlineData("query_text", "17")]
    [InlineData("user_type", "17")]
    [InlineData("user_type", "false")]
    [InlineData("user_id", "true")]
    [InlineData("user_id", "[]")]
    [InlineData("department_id", "{\"a\":1}")]
    [InlineData("years", "true")]
    [InlineData("years", "[2]")]
    [InlineData("years", "{}")]
    [InlineData("response_time", "\"41.25\"")]
    [InlineData("response_time", "\"NaN\"")]
    [InlineData("response_time", "true")]
    [InlineData("response_time", "1e400")]
    [InlineData("response_time", "-1e400")]
    [InlineData("success", "\"true\"")]
    [InlineData("success", "1")]
    [InlineData("timestamp", "true")]
    [InlineData("timestamp", "[1765279800000]")]
    public void Another_type_is_a_dead_letter_that_names_the_member(string name, string json) =>
        Rejects($$"""{"query":"a","{{name}}":{{json}}}""", RejectReasons.WrongType, name);

    [Theory]
    [InlineData("""{"query":"a","user_type":5,"user_type":"x"}""", true)]
    [InlineData("""{"query":"a","user_type":"x","user_type":5}""", false)]
    [InlineData("""{"query":"a","timestamp":"nonsense","timestamp":1}""", true)]
    [InlineData("""{"query":"a","timestamp":1,"timestamp":"nonsense"}""", false)]
    [InlineData("""{"query":5,"query":"a"}""", true)]
    [InlineData("""{"query":"a","us\u0065r_type":5,"user_type":"x"}""", true)]
    public void Of_a_name_given_twice_the_last_counts(string json, bool isGood) => Assert.Equal(isGood, Decoding.Decode(json).Result.IsOk);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("{\"query\":\"a\"")]
    [InlineData("{\"query\":\"a}")]
    [InlineData("{\"query\":\"a\"}}")]
    [InlineData("{\"query\":\"a\"} {}")]
    [InlineData("{\"query\":\"a\"} x")]
    [InlineData("{\"query\":\"a\",}")]
    [InlineData("{'query':'a'}")]
    [InlineData("{query:\"a\"}")]
    [InlineData("{\"query\":\"a\" /* comment */}")]
    [InlineData("{\"query\":\"a\nb\"}")]
    [InlineData("{\"query\":\"\\x\"}")]
    [InlineData("{\"query\":\"\\u12\"}")]
    [InlineData("{\"query\":\"a\",\"response_time\":NaN}")]
    [InlineData("{\"query\":\"a\",\"response_time\":01}")]
    [InlineData("{\"query\":\"a\",\"other\":[}")]
    [InlineData("[]")]
    [InlineData("[{\"query\":\"a\"}]")]
    [InlineData("\"a\"")]
    [InlineData("17")]
    [InlineData("null")]
    public void What_is_no_JSON_object_is_a_dead_letter(string value) => Rejects(value, RejectReasons.MalformedJson);

    [Theory]
    [InlineData("""{"query":"\ud800"}""", false)]
    [InlineData("""{"query":"a\udc00b"}""", false)]
    [InlineData("""{"query":"a","user_id":"\ud83c"}""", false)]
    [InlineData("""{"query":"a","user_type":"\ud83cx"}""", false)]
    [InlineData("""{"query":"a","department_id":"\ud83c\ud83c"}""", false)]
    [InlineData("""{"query":"a","years":"\ud83c"}""", false)]
    [InlineData("""{"query":"a","timestamp":"\ud83c"}""", false)]
    [InlineData("""{"query":"a","other":"\ud800"}""", true)]
    [InlineData("""{"query":"a","\ud800":1}""", true)]
    public void Half_a_surrogate_pair_is_a_dead_letter_where_it_counts(string json, bool isGood)
    {
        if (isGood)
        {
            Decoding.Good(json);
        }
        else
        {
            Rejects(json, RejectReasons.MalformedJson, "surrogate");
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    public void Invalid_UTF_8_is_a_dead_letter_wherever_it_stands(byte[] invalid)
    {
        byte[][] values = [invalid, [.. "{\"query\":\"a"u8, .. invalid, .. "\"}"u8], [.. "{\"query\":\"a\",\"other\":\""u8, .. invalid, .. "\"}"u8]];
        foreach (byte[] value in values)
        {
            Assert.Equal(RejectReasons.InvalidUtf8, Decoding.Decode(value).Result.Reason);
        }
    }

    [Fact]
    public void A_byte_order_mark_before_the_object_is_skipped()
    {
        Assert.Equal("a", Decoding.Good("\uFEFF{\"query\":\"a\"}").QueryText.ToString());
        Rejects("\uFEFF", RejectReasons.MalformedJson);
    }

    [Fact]
    public void Members_that_do_not_count_are_skipped_however_deep_they_are()
    {
        string deep = string.Concat(Enumerable.Repeat("[{\"query\":", 100_000)) + "1" + string.Concat(Enumerable.Repeat("}]", 100_000));
        Assert.Equal("a", Decoding.Good($$"""{"Query":"b","x":{{deep}},"query":"a","QUERY":"c"}""").QueryText.ToString());
        Rejects(new string('[', 500_000), RejectReasons.MalformedJson);
    }

    [Fact]
    public void A_long_query_is_normalized_like_a_short_one()
    {
        string words = string.Join("  ", Enumerable.Repeat("HO\u0323C PHI\u0301 \\u00c9", 20_000));
        Query row = Decoding.Good($$"""{"query":"{{words}}"}""");
        Assert.Equal(string.Join(' ', Enumerable.Repeat("học phí é", 20_000)), row.QueryText.ToString());
    }

    [Fact]
    public void Texts_stay_what_they_are_when_the_decoder_goes_on()
    {
        // Where all texts collide, each of them costs as much as there are before it.
        int texts = HostileMode.IsOn ? 20_000 : 150_000;
        QueryDecoder decoder = new();
        List<(string Expected, Text Actual)> seen = [];
        for (int i = 0; i < texts; i++)
        {
            byte[] json = Encoding.UTF8.GetBytes($$"""{"query":"Q {{i}}","user_id":"u\u0020{{i}}","user_type":"T{{i}}"}""");
            (DecodeResult result, Query row) = Decoding.Decode(decoder, json, 0);
            Assert.True(result.IsOk);
            if (i % 1000 == 0)
            {
                seen.AddRange([($"q {i}", row.QueryText), ($"u {i}", row.UserId), ($"T{i}", row.UserType)]);
            }
        }

        Assert.All(seen, text => Assert.Equal(text.Expected, text.Actual.ToString()));
    }

    [Fact]
    public void A_bad_event_leaves_no_trace_in_the_next()
    {
        QueryDecoder decoder = new();
        Assert.False(Decoding.Decode(decoder, "{"u8, 0).Result.IsOk);
        Assert.True(Decoding.Decode(decoder, "{\"query\":\"a\"}"u8, 0).Result.IsOk);
        Assert.Equal(RejectReasons.InvalidUtf8, Decoding.Decode(decoder, [0xFF], 0).Result.Reason);
    }

    [Theory]
    [Trait("Hostile", "No")]
    [InlineData(QueryKind.Queries, 0.5)]
    [InlineData(QueryKind.Distinct, 60)]
    public void A_good_event_allocates_nothing_but_texts_that_do_not_repeat(QueryKind kind, double most)
    {
        const int Events = 100_000;
        QueryDecoder decoder = new();
        QueryGenerator generator = new(kind, 9);
        for (int i = 0; i < 2 * Events; i++)
        {
            Decoding.Decode(decoder, generator.Next(default), 0);
        }

        long allocated = Allocations.By(
            () =>
            {
                for (int i = 0; i < Events; i++)
                {
                    Decoding.Decode(decoder, generator.Next(default), 0);
                }
            },
            enough: (long)(most * Events));
        Assert.InRange(allocated / (double)Events, 0, most);
    }

    [Fact]
    public void Escapes_allocate_nothing_either()
    {
        byte[] json = """{"qu\u0065ry":"Ho\u0323c \ud83c\udfe0","user_id":"\u0041","user_type":"Sinh vi\u00ean","timestamp":"2025-12-09T11\u003a30:00Z"}"""u8.ToArray();
        QueryDecoder decoder = new();
        Assert.True(Decoding.Decode(decoder, json, 0).Result.IsOk);

        // The runtime itself may allocate while it recompiles the code.
        Run();
        Assert.Equal(0, Allocations.By(Run));

        void Run()
        {
            for (int i = 0; i < 10_000; i++)
            {
                Decoding.Decode(decoder, json, 0);
            }
        }
    }

    private static void Rejects(string value, string reason, string detail = "")
    {
        DecodeResult result = Decoding.Decode(value).Result;
        Assert.Equal(reason, result.Reason);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
    }
}
