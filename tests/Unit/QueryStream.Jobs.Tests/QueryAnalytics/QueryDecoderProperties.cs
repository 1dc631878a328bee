using System.Text;
using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core;
using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Jobs.QueryAnalytics.Generation;
using QueryStream.Streams.Formats;
using QueryStream.Testing.QueryAnalytics;

namespace QueryStream.Jobs.Tests.QueryAnalytics;

/// <summary>Compares the decoder with the oracle's parser on the same bytes.</summary>
public sealed class QueryDecoderProperties
{
    // One decoder for all cases, since its caches must not affect results.
    private readonly QueryDecoder _decoder = new();

    [Fact]
    public void Any_bytes_are_understood_as_the_reference_understands_them() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Agrees(bytes)).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void Any_text_in_any_member_is_understood_as_the_reference_understands_it()
    {
        Gen<string> name = Gen.Elements(
            "query", "query_text", "user_id", "user_type", "years", "department_id", "timestamp", "response_time", "success", "other");
        Gen<string> value = Gen.OneOf(
            ArbMap.Default.GeneratorFor<string>().Select(text => System.Text.Json.JsonSerializer.Serialize(text)),
            ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite).Select(number => System.Text.Json.JsonSerializer.Serialize(number)),
            ArbMap.Default.GeneratorFor<long>().Select(number => $"{number}"),
            Gen.Elements(
                "null", "true", "false", "[]", "{}", "\"\"", "\"2\"", "2.0", "\"2025-12-09T11:30:00Z\"", "\"\\ud800\"", "1e400", "\" a\\u0301 \""));
        Gen<string> json = name.Zip(value, (n, v) => $"\"{n}\":{v}").ListOf().Select(members => $"{{{string.Join(',', members)}}}");
        Prop.ForAll(json.ToArbitrary(), text => Agrees(Encoding.UTF8.GetBytes(text))).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void Generated_events_are_understood_as_the_reference_understands_them()
    {
        foreach (QueryKind kind in Enum.GetValues<QueryKind>())
        {
            QueryGenerator generator = new(kind, 11);
            for (int i = 0; i < 20_000; i++)
            {
                Assert.True(Agrees(generator.Next(new EventTime(1_765_000_000_000 + i)).ToArray()));
            }
        }
    }

    [Fact]
    public void Messy_events_are_understood_as_the_reference_understands_them()
    {
        foreach (RawRecord record in MessyQueries.Make(new MessySettings { Count = 30_000, BadPerMille = 100 }))
        {
            Assert.True(record.Value is null || Agrees(record.Value), record.Value is null ? "" : Encoding.UTF8.GetString(record.Value));
        }
    }

    [Fact]
    public void Damaged_events_are_understood_as_the_reference_understands_them()
    {
        SeededRandom random = new(5);
        IReadOnlyList<RawRecord> records = MessyQueries.Make(new MessySettings { Seed = 6, Count = 20_000, BadPerMille = 0 });
        foreach (RawRecord record in records)
        {
            byte[] damaged = Damage(record.Value!, random);
            Assert.True(Agrees(damaged), $"{Encoding.UTF8.GetString(damaged)} ({Convert.ToHexString(damaged)})");
        }
    }

    private static byte[] Damage(byte[] value, SeededRandom random)
    {
        List<byte> bytes = [.. value];
        for (int damages = 1 + random.Next(3); damages > 0; damages--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes.RemoveAt(at);
                    break;
                case 1:
                    bytes.Insert(at, (byte)"\"{}[]:,\\ 0e.-tfn"[random.Next(16)]);
                    break;
                case 2:
                    bytes[at] = (byte)random.Next(128);
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. bytes];
    }

    private bool Agrees(byte[] value)
    {
        (OracleEvent? expected, string? reason) = OracleEvent.Read(new RawRecord(0, 0, Decoding.RecordTime, value));
        (DecodeResult result, Query row) = Decoding.Decode(_decoder, value, Decoding.RecordTime);
        return expected is null
            ? result.Reason == reason
            : result.IsOk
                && row.QueryText.ToString() == expected.Query
                && row.UserId.HasValue == expected.UserId is not null
                && row.UserId.ToString() == (expected.UserId ?? "")
                && row.UserType.ToString() == expected.UserType
                && row.DepartmentId.ToString() == expected.DepartmentId
                && row.Years == expected.Years
                && row.ResponseTime.Equals(expected.ResponseTime)
                && row.IsSuccess == expected.Success
                && row.Time.Milliseconds == expected.Time;
    }
}
