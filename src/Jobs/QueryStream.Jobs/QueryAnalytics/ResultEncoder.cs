using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams.Records;
using QueryStream.Streams.Windows;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>The members that all results share.</summary>
/// <param name="Type">The analytic: <c>faculty</c>.</param>
/// <param name="Start">The start of the window, in UTC and written without an offset.</param>
/// <param name="End">The end of the window.</param>
/// <param name="IsFinal">Whether the window has closed.</param>
internal readonly record struct ResultHead(string Type, DateTime Start, DateTime End, bool IsFinal)
{
    public static ResultHead Of(string type, Window window, Pane pane) => new(type, TimeOf(window.Start), TimeOf(window.End), pane != Pane.Early);

    private static DateTime TimeOf(EventTime time) => DateTime.SpecifyKind(time.ToDateTimeOffset().UtcDateTime, DateTimeKind.Unspecified);
}

/// <summary>
/// Encodes a result for Redis: the key, the value, and a message with both. There is one encoder per thread, which encodes one result at a time.
/// </summary>
/// <typeparam name="T">The results of one analytic.</typeparam>
internal sealed class ResultEncoder<T>
{
    // Results are not embedded in HTML, so Vietnamese letters need no escaping.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ResultEncoder<T>? OfThread;

    private readonly JsonRowWriter<T> _json = new();
    private readonly ArrayBufferWriter<byte> _value = new(1024);
    private readonly ArrayBufferWriter<byte> _messageBytes = new(1024);
    private readonly Utf8JsonWriter _message;

    private ResultEncoder() => _message = new Utf8JsonWriter(_messageBytes, Options);

    public static ResultEncoder<T> Current => OfThread ??= new ResultEncoder<T>();

    /// <summary>Begins the key of a result.</summary>
    public ResultKey Key { get; } = new();

    /// <summary>Encodes a result whose group was added to <see cref="Key"/>.</summary>
    public RedisUpsert Encode(in ResultHead head, in T result)
    {
        ReadOnlySpan<byte> key = Key.End(head.Start);
        _value.ResetWrittenCount();
        _json.Write(_value, result);
        _messageBytes.ResetWrittenCount();
        _message.Reset();
        _message.WriteStartObject();
        _message.WriteString("type", head.Type);
        _message.WriteString("key", key);
        _message.WritePropertyName("data");
        _message.WriteRawValue(_value.WrittenSpan, skipInputValidation: true);
        _message.WriteEndObject();
        _message.Flush();
        return new RedisUpsert(Text.From(key), Text.From(_value.WrittenSpan), Text.From(_messageBytes.WrittenSpan));
    }
}

/// <summary>Builds the key of a result: <c>analytics:TYPE:GROUP:START</c>, where a group may have several members.</summary>
internal sealed class ResultKey
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss";

    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public ResultKey Begin(string type)
    {
        _bytes.ResetWrittenCount();
        _bytes.Write("analytics:"u8);
        Encoding.UTF8.GetBytes(type, _bytes);
        return this;
    }

    /// <summary>Adds a member of the group. The colon separates the parts of a key, and the percent sign escapes it.</summary>
    public ResultKey Add(Text value)
    {
        _bytes.Write(":"u8);
        foreach (byte character in value.Bytes)
        {
            _bytes.Write(character switch
            {
                (byte)'%' => "%25"u8,
                (byte)':' => "%3A"u8,
                _ => [character],
            });
        }

        return this;
    }

    /// <summary>Adds a year of study to the group.</summary>
    public ResultKey Add(StudyYear year)
    {
        if (year.Number is not { } number)
        {
            return Add(QueryTexts.Unknown);
        }

        _bytes.Write(":"u8);
        number.TryFormat(_bytes.GetSpan(20), out int written, default, CultureInfo.InvariantCulture);
        _bytes.Advance(written);
        return this;
    }

    /// <summary>Adds the MD5 hash of a query to the group, since queries may be long and contain any character.</summary>
    public ResultKey AddHash(Text value)
    {
        _bytes.Write(":"u8);
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(value.Bytes, hash);
        Convert.TryToHexStringLower(hash, _bytes.GetSpan(2 * hash.Length), out int written);
        _bytes.Advance(written);
        return this;
    }

    /// <summary>Adds the group of all rows.</summary>
    public ResultKey AddAll()
    {
        _bytes.Write(":all"u8);
        return this;
    }

    /// <summary>Ends the key.</summary>
    /// <returns>The key, valid until the next one begins.</returns>
    public ReadOnlySpan<byte> End(DateTime start)
    {
        _bytes.Write(":"u8);
        start.TryFormat(_bytes.GetSpan(32), out int written, TimeFormat, CultureInfo.InvariantCulture);
        _bytes.Advance(written);
        return _bytes.WrittenSpan;
    }
}
