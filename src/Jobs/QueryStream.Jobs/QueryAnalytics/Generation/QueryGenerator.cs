using System.Buffers.Text;
using QueryStream.Core;
using QueryStream.Core.Time;

namespace QueryStream.Jobs.QueryAnalytics.Generation;

/// <summary>
/// Generates events like those of a university's help desk. Equal kinds and seeds give equal events, except for their times. Allocates nothing per
/// event. Used by one thread.
/// </summary>
public sealed class QueryGenerator
{
    private const int Users = 10_000;
    private const int SkewedQueries = 1_000;
    private const int EvenQueries = 20_000;

    // Larger than any event, which has 2 texts of at most 100 bytes and 4 numbers.
    private readonly byte[] _buffer = new byte[1024];
    private readonly QueryKind _kind;
    private readonly SeededRandom _random;
    private int _length;

    /// <summary>Creates a generator.</summary>
    public QueryGenerator(QueryKind kind, ulong seed)
    {
        _kind = kind;
        _random = new SeededRandom(seed);
    }

    /// <summary>The number of generated events.</summary>
    public long Count { get; private set; }

    /// <summary>Generates an event as UTF-8 JSON. Valid until the next call.</summary>
    /// <param name="time">Its event time.</param>
    public ReadOnlySpan<byte> Next(EventTime time)
    {
        _length = 0;
        Append("{\"query\":\""u8);
        if (_kind == QueryKind.Queries)
        {
            AppendSkewedQuery();
            Append("\",\"user_id\":\"u"u8);
            Append(_random.Next(Users));
        }
        else
        {
            AppendEvenQuery();
            Append("\",\"user_id\":\"user-"u8);
            Append(Count);
        }

        Append("\",\"user_type\":\""u8);
        Append(UserType(_random.Next(8)));
        Append("\",\"years\":"u8);
        Append(1 + _random.Next(5));
        Append(",\"department_id\":\"D"u8);
        Append(_random.Next(20));
        Append("\",\"response_time\":"u8);
        AppendThousandths(20_000 + _random.Next(400_000));
        Append(",\"success\":"u8);
        Append(_random.Next(20) != 0 ? "true"u8 : "false"u8);
        Append(",\"timestamp\":"u8);
        Append(time.Milliseconds);
        Append("}"u8);
        Count++;
        return _buffer.AsSpan(0, _length);
    }

    // The cube of a uniform distribution: a tenth of the queries makes up almost half of the events.
    private void AppendSkewedQuery()
    {
        double z = _random.NextDouble();
        int query = (int)(SkewedQueries * z * z * z);
        Append(Word(query));
        Append(" "u8);
        Append(Word(query / 10));
        Append(" "u8);
        Append(query);
    }

    private void AppendEvenQuery()
    {
        int query = _random.Next(EvenQueries);
        Append(Word(query));
        Append(" "u8);
        Append(Word(query / 10));
        Append(" "u8);
        Append(Word(query / 100));
        Append(" cho sinh viên năm "u8);
        Append(query);
    }

    private void AppendThousandths(int value)
    {
        Append(value / 1000);
        int fraction = value % 1000;
        if (fraction == 0)
        {
            return;
        }

        Append("."u8);
        for (int unit = 100; fraction > 0; unit /= 10)
        {
            Append(fraction / unit);
            fraction %= unit;
        }
    }

    // Five of eight users are students.
    private static ReadOnlySpan<byte> UserType(int eighth) => eighth switch
    {
        5 => "Giảng viên"u8,
        6 => "Cán bộ"u8,
        7 => "Khách"u8,
        _ => "Sinh viên"u8,
    };

    private static ReadOnlySpan<byte> Word(int number) => (number % 10) switch
    {
        0 => "học phí"u8,
        1 => "lịch thi"u8,
        2 => "điểm"u8,
        3 => "thư viện"u8,
        4 => "ký túc xá"u8,
        5 => "học bổng"u8,
        6 => "đăng ký"u8,
        7 => "môn học"u8,
        8 => "tốt nghiệp"u8,
        _ => "thực tập"u8,
    };

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Append(long number)
    {
        Utf8Formatter.TryFormat(number, _buffer.AsSpan(_length), out int written);
        _length += written;
    }
}

/// <summary>The distribution of generated queries.</summary>
public enum QueryKind
{
    /// <summary>1,000 short queries with a skewed distribution; 10,000 users.</summary>
    Queries,

    /// <summary>20,000 longer queries, uniformly distributed, each by another user: nothing repeats often enough for caches to help.</summary>
    Distinct,
}
