using System.Text;
using QueryStream.Connectors.Kafka;
using QueryStream.Core;
using QueryStream.Core.Errors;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>
/// Writes numbered events at a steady rate, and records them. Event times are clock times, so they rise in each partition and no event is late.
/// </summary>
/// <param name="request">Topic, rate, keys and seed.</param>
/// <param name="events">Records the events.</param>
/// <param name="time">The clock.</param>
internal sealed class EventProducer(ChaosRequest request, ProducedEvents events, TimeProvider time) : IKafkaProducerListener
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private ServiceRefusedException? _refusal;

    /// <summary>Produces until it is stopped. When it returns, all recorded events are in Kafka.</summary>
    /// <exception cref="ServiceRefusedException">Kafka refuses an event.</exception>
    public async Task RunAsync(IKafkaClients clients, KafkaConnection connection, CancellationToken stop)
    {
        await using IKafkaProducer producer = clients.OpenProducer(connection, request.Topic, this);
        SeededRandom random = new(request.Seed);
        byte[] value = new byte[128];
        long start = time.GetTimestamp();
        using PeriodicTimer timer = new(Tick, time);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                ThrowIfRefused();
                long due = (long)((Int128)time.GetElapsedTime(start).Ticks * request.Rate / TimeSpan.TicksPerSecond);
                long now = time.GetUtcNow().ToUnixTimeMilliseconds();

                // If the producer is full, the event is sent one tick later, not skipped.
                while (events.Count < due && !producer.IsFull)
                {
                    Add(producer, random.Next(request.Keys), now, value);
                }

                producer.Send();
                await timer.WaitForNextTickAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end of the run.
        }

        await producer.FlushAsync(CancellationToken.None);
        ThrowIfRefused();
    }

    void IKafkaProducerListener.OnAcknowledged(long records)
    {
        // The next tick tries again.
    }

    void IKafkaProducerListener.OnRefused(ServiceRefusedException reason) => Volatile.Write(ref _refusal, reason);

    // Each key has a fixed partition. With at least as many keys as partitions, every partition gets events.
    private void Add(IKafkaProducer producer, int key, long now, byte[] value)
    {
        string name = ProducedEvents.NameOf(key);
        long number = events.Add(key, now);
        int length = Encoding.UTF8.GetBytes(FormattableString.Invariant($$"""{"key":"{{name}}","number":{{number}},"time":{{now}}}"""), value);
        producer.Add(Encoding.UTF8.GetBytes(name), value.AsSpan(0, length), hasValue: true, key % ChaosRequest.Partitions);
    }

    private void ThrowIfRefused()
    {
        if (Volatile.Read(ref _refusal) is { } refusal)
        {
            throw refusal;
        }
    }
}
