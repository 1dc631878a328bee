using System.Buffers;
using System.Globalization;
using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;

namespace QueryStream.Streams.Formats;

/// <summary>
/// Writes the keys of records, for sinks whose records have keys: texts in UTF-8, bytes unchanged, numbers and other values as culture-invariant
/// text. Stateless.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class RecordKey<T>
{
    private protected RecordKey()
    {
    }

    /// <summary>Writes the key of a row.</summary>
    /// <returns>False if it is missing or null; then nothing is written.</returns>
    public abstract bool TryWrite(in T row, IBufferWriter<byte> output);

    /// <summary>Creates a writer for the keys that a function returns.</summary>
    /// <exception cref="JobDefinitionException">Keys of that type have no text form.</exception>
    public static RecordKey<T> Of<TKey>(Func<T, TKey> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key switch
        {
            Func<T, string?> text => new StringKey(text),
            Func<T, Text> text => new TextKey(text),
            Func<T, byte[]?> bytes => new BytesKey(bytes),
            _ when typeof(IUtf8SpanFormattable).IsAssignableFrom(Nullable.GetUnderlyingType(typeof(TKey)) ?? typeof(TKey)) =>
                new PrintedKey<TKey>(key),
            _ => throw new JobDefinitionException($"A record's key cannot be a {typeof(TKey)}: make it a text, bytes, a number, a GUID or a time."),
        };
    }

    private sealed class StringKey(Func<T, string?> key) : RecordKey<T>
    {
        public override bool TryWrite(in T row, IBufferWriter<byte> output)
        {
            if (key(row) is not { } text)
            {
                return false;
            }

            Encoding.UTF8.GetBytes(text, output);
            return true;
        }
    }

    private sealed class TextKey(Func<T, Text> key) : RecordKey<T>
    {
        public override bool TryWrite(in T row, IBufferWriter<byte> output)
        {
            Text text = key(row);
            output.Write(text.Bytes);
            return text.HasValue;
        }
    }

    private sealed class BytesKey(Func<T, byte[]?> key) : RecordKey<T>
    {
        public override bool TryWrite(in T row, IBufferWriter<byte> output)
        {
            byte[]? bytes = key(row);
            output.Write(bytes);
            return bytes is not null;
        }
    }

    private sealed class PrintedKey<TKey>(Func<T, TKey> key) : RecordKey<T>
    {
        private const int FirstLength = 64;

        public override bool TryWrite(in T row, IBufferWriter<byte> output)
        {
            TKey value = key(row);
            if (value is null)
            {
                return false;
            }

            // The JIT removes the box, since the cast is part of the call.
            int length = FirstLength;
            int written;
            while (!((IUtf8SpanFormattable)value).TryFormat(output.GetSpan(length), out written, default, CultureInfo.InvariantCulture))
            {
                length *= 2;
            }

            output.Advance(written);
            return true;
        }
    }
}
