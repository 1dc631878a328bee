using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams.Windows;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>
/// Writes one result as the key, the value and the message that Redis gets: <see cref="Begin"/>, the group's members, the metrics,
/// <see cref="End"/>. Each thread has one and writes one result at a time.
/// </summary>
internal sealed class ResultWriter
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss";

    // Results are read by people and by dashboards, not put into HTML: Vietnamese letters stay as they are.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ResultWriter? OfThread;

    private readonly ArrayBufferWriter<byte> _key = new(256);
    private readonly ArrayBufferWriter<byte> _valueBytes = new(1024);
    private readonly ArrayBufferWriter<byte> _messageBytes = new(1024);
    private readonly Utf8JsonWriter _value;
    private readonly Utf8JsonWriter _message;
    private string _type = "";
    private Window _window;
    private Pane _pane;
    private bool _hasGroup;
    private bool _hasWindow;

    private ResultWriter()
    {
        _value = new Utf8JsonWriter(_valueBytes, Options);
        _message = new Utf8JsonWriter(_messageBytes, Options);
    }

    /// <summary>Begins a result.</summary>
    /// <param name="type">The analytic: <c>faculty</c>.</param>
    /// <param name="window">The window.</param>
    /// <param name="pane">Whether the window has closed.</param>
    public static ResultWriter Begin(string type, Window window, Pane pane)
    {
        ResultWriter writer = OfThread ??= new ResultWriter();
        writer.Start(type, window, pane);
        return writer;
    }

    /// <summary>Adds a member of the group.</summary>
    public ResultWriter Group(string name, Text value)
    {
        _value.WriteString(name, value.Bytes);
        BeginIdentifier();
        foreach (byte character in value.Bytes)
        {
            // The colon separates the parts of a key, and the percent sign escapes it.
            _key.Write(character switch
            {
                (byte)'%' => "%25"u8,
                (byte)':' => "%3A"u8,
                _ => [character],
            });
        }

        return this;
    }

    /// <summary>Adds a number of years to the group; null is <c>unknown</c>.</summary>
    public ResultWriter Group(string name, long? value)
    {
        if (value is not { } number)
        {
            return Group(name, QueryTexts.Unknown);
        }

        _value.WriteNumber(name, number);
        BeginIdentifier();
        number.TryFormat(_key.GetSpan(20), out int written, default, CultureInfo.InvariantCulture);
        _key.Advance(written);
        return this;
    }

    /// <summary>Adds a query to the group. In the key stands its MD5: a query may be long, and may hold anything.</summary>
    public ResultWriter GroupByHash(string name, Text value)
    {
        _value.WriteString(name, value.Bytes);
        BeginIdentifier();
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(value.Bytes, hash);
        Convert.TryToHexStringLower(hash, _key.GetSpan(2 * hash.Length), out int written);
        _key.Advance(written);
        return this;
    }

    /// <summary>Says that the result is of all rows.</summary>
    public ResultWriter GroupOfAll()
    {
        BeginIdentifier();
        _key.Write("all"u8);
        return this;
    }

    /// <summary>Adds a count.</summary>
    public ResultWriter Metric(string name, long value)
    {
        EndGroup();
        _value.WriteNumber(name, value);
        return this;
    }

    /// <summary>Adds a measure; null where there is none, or where it is not finite. Written in the fewest digits that give the same number back.</summary>
    public ResultWriter Metric(string name, double? value)
    {
        EndGroup();
        if (value is { } number && double.IsFinite(number))
        {
            _value.WriteNumber(name, number);
        }
        else
        {
            _value.WriteNull(name);
        }

        return this;
    }

    /// <summary>Adds two counts.</summary>
    public ResultWriter Metrics((long, long) values, string first, string second) => Metric(first, values.Item1).Metric(second, values.Item2);

    /// <summary>Adds a count and a measure.</summary>
    public ResultWriter Metrics((long, double?) values, string first, string second) => Metric(first, values.Item1).Metric(second, values.Item2);

    /// <summary>Adds two counts and a measure.</summary>
    public ResultWriter Metrics((long, long, double?) values, string first, string second, string third) =>
        Metric(first, values.Item1).Metric(second, values.Item2).Metric(third, values.Item3);

    /// <summary>Adds four measures and a count, in the order of <paramref name="names"/>.</summary>
    public ResultWriter Metrics((double?, double?, double?, double?, long) values, params ReadOnlySpan<string> names) =>
        Metric(names[0], values.Item1).Metric(names[1], values.Item2).Metric(names[2], values.Item3).Metric(names[3], values.Item4)
            .Metric(names[4], values.Item5);

    /// <summary>Ends the result.</summary>
    public RedisUpsert End()
    {
        EndGroup();
        _value.WriteBoolean("final", _pane != Pane.Early);
        _value.WriteEndObject();
        _value.Flush();

        _message.WriteStartObject();
        _message.WriteString("type", _type);
        _message.WriteString("key", _key.WrittenSpan);
        _message.WritePropertyName("data");
        _message.WriteRawValue(_valueBytes.WrittenSpan, skipInputValidation: true);
        _message.WriteEndObject();
        _message.Flush();
        return new RedisUpsert(Text.From(_key.WrittenSpan), Text.From(_valueBytes.WrittenSpan), Text.From(_messageBytes.WrittenSpan));
    }

    private void Start(string type, Window window, Pane pane)
    {
        (_type, _window, _pane) = (type, window, pane);
        (_hasGroup, _hasWindow) = (false, false);
        _key.ResetWrittenCount();
        _valueBytes.ResetWrittenCount();
        _messageBytes.ResetWrittenCount();
        _value.Reset();
        _message.Reset();

        _key.Write("analytics:"u8);
        Encoding.UTF8.GetBytes(type, _key);
        _value.WriteStartObject();
        _value.WriteString("type", type);
    }

    private void BeginIdentifier()
    {
        if (_hasWindow)
        {
            throw new InvalidOperationException("The members of the group come before the metrics.");
        }

        _hasGroup = true;
        _key.Write(":"u8);
    }

    // The group is complete: what follows it in the value and in the key is the window.
    private void EndGroup()
    {
        if (_hasWindow)
        {
            return;
        }

        if (!_hasGroup)
        {
            throw new InvalidOperationException($"A result of '{_type}' has no group, so that its key would not be its own.");
        }

        _hasWindow = true;
        Span<byte> time = stackalloc byte[32];
        ReadOnlySpan<byte> start = Format(_window.Start, time);
        _value.WriteString("window_start", start);
        _key.Write(":"u8);
        _key.Write(start);
        _value.WriteString("window_end", Format(_window.End, time));
    }

    private static ReadOnlySpan<byte> Format(EventTime time, Span<byte> destination)
    {
        time.ToDateTimeOffset().TryFormat(destination, out int written, TimeFormat, CultureInfo.InvariantCulture);
        return destination[..written];
    }
}
