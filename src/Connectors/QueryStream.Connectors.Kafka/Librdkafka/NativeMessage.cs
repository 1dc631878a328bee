using System.Runtime.InteropServices;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>rd_kafka_message_t. With an error, <see cref="Payload"/> is its text.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMessage
{
    public NativeError Error;
    public nint Topic;
    public int Partition;
    public byte* Payload;
    public nuint Length;
    public byte* Key;
    public nuint KeyLength;
    public long Offset;
    public nint Private;
}
