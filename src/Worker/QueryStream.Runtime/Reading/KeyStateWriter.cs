using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Reading;

/// <summary>
/// Writes the state of one key as a JSON object, up to a limit: the answer is one message between processes, and is written in a turn of the task.
/// First <see cref="Watermark"/>, then states, then windows.
/// </summary>
internal sealed class KeyStateWriter : IDisposable
{
    /// <summary>The largest answer, in bytes. A message between processes may have twice as many.</summary>
    public const int MaxBytes = 512 * 1024;

    /// <summary>The most elements of a list or map that are written; the number of all of them is told.</summary>
    public const int MaxElements = 1_000;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Utf8JsonWriter _json;
    private Section _section = Section.None;

    /// <summary>Begins an answer.</summary>
    public KeyStateWriter()
    {
        _json = new Utf8JsonWriter(_bytes, Options);
        _json.WriteStartObject();
    }

    private enum Section
    {
        None,
        States,
        Windows,
    }

    /// <summary>Writes the time that the operator has reached.</summary>
    public void Watermark(EventTime watermark) => _json.WriteString("watermark", watermark.ToString());

    /// <summary>Writes a state with one value.</summary>
    public void Value<T>(string name, string kind, bool exists, in T? value)
    {
        BeginState(name, kind);
        _json.WriteBoolean("exists", exists);
        if (exists)
        {
            _json.WritePropertyName("value");
            Write(value!);
        }

        EndObject();
    }

    /// <summary>Writes a state with a list of values.</summary>
    public void List<T>(string name, ReadOnlySpan<T> values)
    {
        BeginState(name, "list");
        BeginElements("values", values.Length);
        foreach (T value in values[..Math.Min(values.Length, MaxElements)])
        {
            Write(value);
        }

        _json.WriteEndArray();
        EndObject();
    }

    /// <summary>Writes a state with a map.</summary>
    public void Map<TName, TValue>(string name, int count, IEnumerable<KeyValuePair<TName, TValue>> entries)
    {
        BeginState(name, "map");
        BeginElements("entries", count);
        foreach ((TName entry, TValue value) in entries.Take(MaxElements))
        {
            _json.WriteStartObject();
            _json.WritePropertyName("key");
            Write(entry);
            _json.WritePropertyName("value");
            Write(value);
            EndObject();
        }

        _json.WriteEndArray();
        EndObject();
    }

    /// <summary>Writes a state with rows by event time.</summary>
    public void Rows<T>(string name, int count, Func<int, (EventTime Time, T Row)> rowAt)
    {
        BeginState(name, "rows");
        WriteRows(count, rowAt);
        EndObject();
    }

    /// <summary>Begins a window. Its content follows, then <see cref="EndWindow"/>.</summary>
    /// <param name="kind">The kind of window, as plans show it.</param>
    /// <param name="window">The window.</param>
    /// <param name="hasFired">Whether it has closed and has given its result. It is kept for late rows.</param>
    public void BeginWindow(string kind, Window window, bool hasFired)
    {
        Enter(Section.Windows, "windows");
        _json.WriteStartObject();
        _json.WriteString("kind", kind);
        _json.WriteString("start", window.Start.ToString());
        _json.WriteString("end", window.End.ToString());
        _json.WriteBoolean("fired", hasFired);
    }

    /// <summary>Writes the value and the accumulator of a window.</summary>
    public void WindowValue<TAccumulator, TOut>(in TAccumulator accumulator, in TOut value)
    {
        _json.WritePropertyName("value");
        Write(value);
        _json.WritePropertyName("accumulator");
        Write(accumulator);
    }

    /// <summary>Writes the rows of a window that keeps them.</summary>
    public void WindowRows<T>(int count, Func<int, (EventTime Time, T Row)> rowAt) => WriteRows(count, rowAt);

    /// <summary>Begins the states that belong to a window.</summary>
    public void BeginWindowStates()
    {
        _json.WriteStartArray("states");
        _section = Section.States;
    }

    /// <summary>Ends the states that belong to a window.</summary>
    public void EndWindowStates()
    {
        _json.WriteEndArray();
        _section = Section.Windows;
    }

    /// <summary>Ends a window.</summary>
    public void EndWindow() => EndObject();

    /// <summary>Ends the answer.</summary>
    /// <exception cref="StateQueryException">It is too large.</exception>
    public string Finish()
    {
        if (_section != Section.None)
        {
            _json.WriteEndArray();
        }

        _json.WriteEndObject();
        _json.Flush();
        CheckSize();
        return Encoding.UTF8.GetString(_bytes.WrittenSpan);
    }

    /// <summary>Says that not all windows are written, since there are too many.</summary>
    public void OmitWindows()
    {
        Enter(Section.Windows, "windows");
        _json.WriteStartObject();
        _json.WriteBoolean("truncated", true);
        EndObject();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void BeginState(string name, string kind)
    {
        Enter(Section.States, "states");
        _json.WriteStartObject();
        _json.WriteString("name", name);
        _json.WriteString("kind", kind);
    }

    private void WriteRows<T>(int count, Func<int, (EventTime Time, T Row)> rowAt)
    {
        BeginElements("rows", count);
        for (int i = 0; i < Math.Min(count, MaxElements); i++)
        {
            (EventTime time, T row) = rowAt(i);
            _json.WriteStartObject();
            _json.WriteString("time", time.ToString());
            _json.WritePropertyName("row");
            Write(row);
            EndObject();
        }

        _json.WriteEndArray();
    }

    private void BeginElements(string name, int count)
    {
        _json.WriteNumber("size", count);
        if (count > MaxElements)
        {
            _json.WriteBoolean("truncated", true);
        }

        _json.WriteStartArray(name);
    }

    private void Enter(Section section, string name)
    {
        if (_section == section)
        {
            return;
        }

        if (_section != Section.None)
        {
            _json.WriteEndArray();
        }

        _section = section;
        _json.WriteStartArray(name);
    }

    private void Write<T>(in T value)
    {
        ValueJson<T>.Write(_json, value);
        CheckSize();
    }

    private void EndObject() => _json.WriteEndObject();

    private void CheckSize()
    {
        if (_json.BytesCommitted + _json.BytesPending > MaxBytes)
        {
            throw new StateQueryException($"The state of this key has more than {MaxBytes / 1024} KiB as JSON, and is too large to be shown.");
        }
    }
}
