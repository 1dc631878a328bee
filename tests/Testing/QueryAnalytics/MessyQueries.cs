using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using QueryStream.Core;

namespace QueryStream.Testing.QueryAnalytics;

/// <summary>
/// Generates events as careless clients send them: out of order, with missing, null or wrongly typed members, duplicate members in any order, times
/// in many formats, composed and decomposed Vietnamese, all kinds of white space; and some records that are not events. Equal settings give equal
/// records.
/// </summary>
public sealed class MessyQueries
{
    private static readonly string[] Queries =
    [
        "học phí",
        "Học Phí",
        "  HỌC \t PHÍ\u00A0",
        "lịch thi học kỳ 2",
        "điểm",
        "ĐIỂM\u3000",
        "thư\nviện",
        "100% học bổng: bao nhiêu?",
        "ký túc xá 🏠",
        "đăng ký \"môn học\"", "tốt nghiệp \\ thực tập", "cafe\u0301", "café", "ΟΔΟΣ", "x",
    ];

    private static readonly string[] UserTypes = ["Sinh viên", " Sinh viên ", "Giảng viên", "Cán bộ", "Khách", "A:B%", "", " "];

    private static readonly byte[][] Bad =
    [
        [],
        "{"u8.ToArray(),
        "{\"query\":\"học"u8.ToArray(),
        "{\"query\":\"a\"} x"u8.ToArray(),
        "{\"query\":\"a\",}"u8.ToArray(),
        "['query']"u8.ToArray(),
        "[\"query\"]"u8.ToArray(),
        "\"query\""u8.ToArray(),
        "17"u8.ToArray(),
        "{\"query\":\"\\ud800\"}"u8.ToArray(),
        [.. "{\"query\":\""u8, 0xC3, 0x28, .. "\"}"u8],
        [0xFF, 0xFE, 0x00],
        "{}"u8.ToArray(),
        "{\"query\":null}"u8.ToArray(),
        "{\"query\":\" \\t\\u00a0\"}"u8.ToArray(),
        "{\"query\":17}"u8.ToArray(),
        "{\"query\":\"a\",\"user_type\":3}"u8.ToArray(),
        "{\"query\":\"a\",\"user_id\":true}"u8.ToArray(),
        "{\"query\":\"a\",\"years\":[2]}"u8.ToArray(),
        "{\"query\":\"a\",\"success\":\"true\"}"u8.ToArray(),
        "{\"query\":\"a\",\"response_time\":\"NaN\"}"u8.ToArray(),
        "{\"query\":\"a\",\"response_time\":1e400}"u8.ToArray(),
        "{\"query\":\"a\",\"timestamp\":\"yesterday\"}"u8.ToArray(),
        "{\"query\":\"a\",\"timestamp\":{}}"u8.ToArray(),
        "{\"query\":\"a\",\"timestamp\":\"2025-13-01T00:00:00\"}"u8.ToArray(),
        "{\"query\":\"a\",\"timestamp\":-1}"u8.ToArray(),
        "{\"query\":\"a\",\"timestamp\":\"9999-01-01T00:00:00Z\"}"u8.ToArray(),
    ];

    private readonly MessySettings _settings;
    private readonly SeededRandom _random;
    private int _bad;

    private MessyQueries(MessySettings settings)
    {
        _settings = settings;
        _random = new SeededRandom(settings.Seed);
    }

    /// <summary>Generates the records, in the order of production.</summary>
    public static IReadOnlyList<RawRecord> Make(MessySettings settings)
    {
        MessyQueries maker = new(settings);
        return [.. Enumerable.Range(0, settings.Count).Select(maker.Record)];
    }

    private RawRecord Record(int index)
    {
        long newest = _settings.Start + (long)(index * _settings.Step);
        long time = newest - (_settings.Disorder == 0 ? 0 : _random.Next(_settings.Disorder + 1));
        byte[]? value = Chance(_settings.BadPerMille, of: 1000) ? NextBad() : Event(index, time);
        return new RawRecord(index % _settings.Partitions, index / _settings.Partitions, time, value);
    }

    private byte[]? NextBad()
    {
        int kind = _bad++ % (Bad.Length + 1);
        return kind == Bad.Length ? null : Bad[kind];
    }

    private byte[] Event(int index, long time)
    {
        List<string> members = [Member(Chance(1, of: 10) ? "query_text" : "query", Quote(Query(index)))];
        AddSometimes(members, "user_id", () => Chance(1, of: 4) ? Number(_random.Next(40)) : Quote($"u{_random.Next(40)}"));
        AddSometimes(members, "user_type", () => Quote(Decompose(UserTypes[_random.Next(UserTypes.Length)])));
        AddSometimes(members, "years", Years);
        AddSometimes(members, "department_id", () => Chance(1, of: 4) ? Number(_random.Next(5)) : Quote($" D{_random.Next(5)}"));
        AddSometimes(members, "response_time", () => (_random.Next(1_000_000) / 1000.0).ToString("R", CultureInfo.InvariantCulture));
        AddSometimes(members, "success", () => Chance(9, of: 10) ? "true" : "false");

        // Without this member the record's timestamp is used, which is equal.
        AddSometimes(members, "timestamp", () => Time(time));
        if (Chance(1, of: 5))
        {
            members.Add(Member("extra", "{\"query\":[1,{\"deep\":\"\\ud800\"}],\"user_type\":null}"));
        }

        Shuffle(members);
        if (Chance(1, of: 10))
        {
            // The last of two members with the same name counts.
            members.Insert(0, Member("years", "[]"));
            members.Add(Member("years", Number(3)));
        }

        string json = $"{(Chance(1, of: 50) ? "\uFEFF" : "")}{{{string.Join(Chance(1, of: 2) ? "," : " ,\r\n ", members)}}}";
        return Encoding.UTF8.GetBytes(json);
    }

    private string Query(int index) => Decompose($"{Queries[_random.Next(Queries.Length)]}{(Chance(1, of: 20) ? $" {index}" : "")}");

    private string Years() => _random.Next(8) switch
    {
        0 => Quote($"{1 + _random.Next(5)}"),
        1 => Quote("năm hai"),
        2 => "2.5",
        3 => "2.0",
        _ => Number(1 + _random.Next(5)),
    };

    private string Time(long milliseconds)
    {
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return _random.Next(6) switch
        {
            0 => Quote(time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture)),
            1 => Quote(time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)),
            2 => Quote(time.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture)),
            3 => Quote(time.ToOffset(TimeSpan.FromHours(-3.5)).ToString("yyyy-MM-dd' 'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture)),
            _ => Number(milliseconds),
        };
    }

    private void AddSometimes(List<string> members, string name, Func<string> value)
    {
        switch (_random.Next(12))
        {
            case 0:
                break;
            case 1:
                members.Add(Member(name, "null"));
                break;
            default:
                members.Add(Member(name, value()));
                break;
        }
    }

    private string Member(string name, string value) =>
        Chance(1, of: 20) ? $"\"\\u{(int)name[0]:x4}{name[1..]}\" : {value}" : $"\"{name}\":{value}";

    // Escapes the non-ASCII characters of half of the texts.
    private string Quote(string text) => Chance(1, of: 2)
        ? JsonValue.Create(text).ToJsonString()
        : JsonValue.Create(text).ToJsonString(
            new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private string Decompose(string text) => Chance(1, of: 3) ? text.Normalize(NormalizationForm.FormD) : text;

    private bool Chance(int some, int of) => _random.Next(of) < some;

    private void Shuffle(List<string> members)
    {
        for (int i = members.Count - 1; i > 0; i--)
        {
            int other = _random.Next(i + 1);
            (members[i], members[other]) = (members[other], members[i]);
        }
    }
}
