using System.Runtime.InteropServices;
using QueryStream.Core.Errors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>Headers of records in librdkafka's memory.</summary>
internal static unsafe class NativeHeaders
{
    /// <summary>The headers of a record, owned by the record; 0 if it has none.</summary>
    /// <exception cref="ServiceRefusedException">The headers are damaged.</exception>
    private static nint Of(nint message)
    {
        NativeMessage* record = (NativeMessage*)message;
        nint headers;
        NativeError error = NativeMethods.MessageHeaders(record, &headers);
        return error switch
        {
            NativeError.None => headers,
            NativeError.NoEntry => 0,
            _ => throw new ServiceRefusedException(
                "Kafka",
                $"The headers of the record at offset {record->Offset} of partition {record->Partition} cannot be read: "
                + NativeMethods.Describe(error)),
        };
    }

    private static bool TryGet(nint headers, nuint index, out RecordHeader header)
    {
        byte* name;
        byte* value;
        nuint size;
        if (NativeMethods.HeaderGet(headers, index, &name, &value, &size) != NativeError.None)
        {
            header = default;
            return false;
        }

        header = new RecordHeader(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name), new ReadOnlySpan<byte>(value, (int)size), value != null);
        return true;
    }

    /// <summary>Creates headers for a record to send, which then owns them.</summary>
    public static nint Create(RecordHeaders headers)
    {
        nint created = NativeMethods.HeadersNew(8);
        foreach (RecordHeader header in headers)
        {
            // The pointer of an empty value must not be null, which means no value.
            byte empty = 0;
            fixed (byte* name = header.Name, value = header.Value)
            {
                byte* bytes = !header.HasValue ? null : header.Value.IsEmpty ? &empty : value;
                byte* text = header.Name.IsEmpty ? &empty : name;
                NativeMethods.HeaderAdd(created, text, header.Name.Length, bytes, header.Value.Length);
            }
        }

        return created;
    }

    /// <summary>The size of a record's headers: bytes of names and values.</summary>
    public static int SizeOf(nint message) => SizeOf(new RecordHeaders(Reader.Instance, message, default));

    /// <summary>The size of headers: bytes of names and values.</summary>
    public static int SizeOf(RecordHeaders headers)
    {
        int size = 0;
        foreach (RecordHeader header in headers)
        {
            size += header.Name.Length + header.Value.Length;
        }

        return size;
    }

    /// <summary>Reads the headers of a librdkafka record, which parses them once.</summary>
    public sealed class Reader : RecordHeaderReader
    {
        public static readonly Reader Instance = new();

        public override bool TryRead(nint record, ReadOnlySpan<byte> bytes, scoped ref int next, out RecordHeader header)
        {
            header = default;
            nint headers = Of(record);
            return headers != 0 && TryGet(headers, (nuint)next++, out header);
        }
    }
}
