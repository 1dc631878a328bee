using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics.Generation;

namespace QueryStream.JobSubmit.Producing;

/// <summary>Writes generated queries to a topic, event i to partition i modulo their number.</summary>
/// <param name="clients">Clients of Kafka.</param>
/// <param name="address">Kafka's bootstrap servers.</param>
/// <param name="request">The events to produce.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
internal sealed class QueryProducer(IKafkaClients clients, string address, ProduceRequest request, TimeProvider time, ILogger log)
    : IKafkaProducerListener
{
    // How many events are added before the clock and the producer are checked.
    private const int BatchSize = 1_000;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly QueryGenerator _generator = new(request.Kind, request.Seed);
    private ServiceRefusedException? _refusal;

    // Completed by the acknowledgement that makes room; set by the thread that adds.
    private TaskCompletionSource? _room;
    private IKafkaProducer? _producer;

    /// <summary>How many events were added.</summary>
    public long Produced => _generator.Count;

    /// <summary>Produces the events, or until it is stopped. When it returns, all produced events are in Kafka.</summary>
    /// <exception cref="ServiceUnavailableException">Kafka does not answer.</exception>
    /// <exception cref="ServiceRefusedException">Kafka refuses the topic, or an event.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        int partitions = await FindOrCreateAsync(stop);
        await using IKafkaProducer producer = clients.OpenProducer(Connection(), request.Topic, this);
        _producer = producer;
        try
        {
            await (request.Rate is int rate ? ProducePacedAsync(producer, partitions, rate, stop) : ProduceUnpacedAsync(producer, partitions, stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping is no error; the events that were added are still flushed.
        }

        await producer.FlushAsync(CancellationToken.None);
        ThrowIfRefused();
    }

    void IKafkaProducerListener.OnAcknowledged(long records)
    {
        if (_producer is { IsFull: false })
        {
            Interlocked.Exchange(ref _room, null)?.TrySetResult();
        }
    }

    void IKafkaProducerListener.OnRefused(ServiceRefusedException reason) => Volatile.Write(ref _refusal, reason);

    private KafkaConnection Connection() => new(address, "", new Dictionary<string, string>());

    private async Task<int> FindOrCreateAsync(CancellationToken stop)
    {
        await using IKafkaAdmin admin = clients.OpenAdmin(Connection());
        if (await admin.FindTopicAsync(request.Topic, stop) is not KafkaTopic topic)
        {
            int partitions = request.Partitions ?? ProduceRequest.PartitionsByDefault;
            await admin.CreateTopicAsync(request.Topic, partitions, null, stop);
            return partitions;
        }

        if (request.Partitions is int wanted && wanted != topic.Partitions.Count)
        {
            Log.PartitionsStay(log, request.Topic, topic.Partitions.Count, wanted);
        }

        return topic.Partitions.Count;
    }

    // Event times are evenly spaced, independent of the clock, so that the topic's contents depend on the seed alone.
    private async Task ProduceUnpacedAsync(IKafkaProducer producer, int partitions, CancellationToken stop)
    {
        long start = time.GetTimestamp();
        while (!HasEnded(Produced, time.GetElapsedTime(start)))
        {
            stop.ThrowIfCancellationRequested();
            long until = Math.Min(Produced + BatchSize, request.Events ?? long.MaxValue);
            while (Produced < until)
            {
                Add(producer, partitions, ProduceRequest.FirstEventTime.Add(Produced * 1_000 / ProduceRequest.EventsPerSecondOfEventTime));
            }

            await WaitForRoomAsync(producer, stop);
        }
    }

    // In real time: the event time of an event is its due time.
    private async Task ProducePacedAsync(IKafkaProducer producer, int partitions, int rate, CancellationToken stop)
    {
        EventTime first = EventTime.From(time.GetUtcNow());
        long start = time.GetTimestamp();
        using PeriodicTimer timer = new(Tick, time);
        while (!HasEnded(Produced, time.GetElapsedTime(start)))
        {
            long due = Math.Min(Due(time.GetElapsedTime(start), rate), request.Events ?? long.MaxValue);
            while (Produced < due)
            {
                Add(producer, partitions, first.Add((long)((Int128)Produced * 1_000 / rate)));
                if (Produced % BatchSize == 0)
                {
                    await WaitForRoomAsync(producer, stop);
                }
            }

            producer.Send();
            await WaitForRoomAsync(producer, stop);
            await timer.WaitForNextTickAsync(stop);
        }
    }

    private long Due(TimeSpan elapsed, int rate)
    {
        TimeSpan until = request.Duration is TimeSpan duration && duration < elapsed ? duration : elapsed;
        return (long)((Int128)until.Ticks * rate / TimeSpan.TicksPerSecond);
    }

    // With a rate, the duration decides how many events there are, so that a slow last tick loses none.
    private bool HasEnded(long produced, TimeSpan elapsed) =>
        produced >= request.Events || (elapsed >= request.Duration && (request.Rate is not int rate || produced >= Due(elapsed, rate)));

    private void Add(IKafkaProducer producer, int partitions, EventTime at)
    {
        int partition = (int)(Produced % partitions);
        producer.Add([], _generator.Next(at), hasValue: true, partition);
    }

    private async Task WaitForRoomAsync(IKafkaProducer producer, CancellationToken stop)
    {
        ThrowIfRefused();
        if (!producer.IsFull)
        {
            return;
        }

        producer.Send();
        TaskCompletionSource room = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _room, room);

        // Checked again: the acknowledgement may have come before _room was set.
        if (producer.IsFull)
        {
            await room.Task.WaitAsync(stop);
        }
    }

    private void ThrowIfRefused()
    {
        if (Volatile.Read(ref _refusal) is ServiceRefusedException refusal)
        {
            throw refusal;
        }
    }
}
