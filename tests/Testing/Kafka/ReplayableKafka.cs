using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Kafka;
using QueryStream.Core;

namespace QueryStream.Testing.Kafka;

/// <summary>A Kafka cluster in memory that draws nothing but from a seed.</summary>
public static class ReplayableKafka
{
    /// <summary>Creates an empty cluster.</summary>
    public static InMemoryKafka Create(TimeProvider time, ulong seed)
    {
        SeededRandom random = new(seed);
        return new InMemoryKafka(time, NullLoggerFactory.Instance)
        {
            NewTopicId = () =>
            {
                Span<ulong> bits = [random.Next(), random.Next()];
                return new Guid(MemoryMarshal.AsBytes(bits));
            },
        };
    }
}
