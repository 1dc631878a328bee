using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// Reads partitions through one queue of librdkafka, without copying records. One queue for all partitions instead of one each: librdkafka has one
/// fetch per broker in flight, and while that long-polls at the end of one partition, another partition whose own queue was just full would
/// starve. With a common queue all are full, or none.
/// </summary>
internal sealed class LibrdkafkaReader : IKafkaReader
{
    private const int MessagesPerCall = 1024;

    private readonly ClientPool<FetchClient> _pool;
    private readonly FetchClient _client;
    private readonly string _topic;
    private readonly int[] _partitions;
    private readonly WatchedPartition[] _watched;
    private readonly TimeProvider _time;
    private readonly Action _wake;
    private readonly FetchProblems _problems;
    private readonly nint _topicHandle;
    private readonly nint _queue;
    private readonly unsafe NativeMessage** _messages;
    private GCHandle _self;

    // Messages that were taken and not handled yet: _messages[_next.._count].
    private int _next;
    private int _count;
    private bool _isDisposed;

    public unsafe LibrdkafkaReader(
        ClientPool<FetchClient> pool,
        FetchClient client,
        string topic,
        IReadOnlyList<KafkaOffset> from,
        Action wake,
        TimeProvider time,
        ILogger logger)
    {
        _pool = pool;
        _client = client;
        _topic = topic;
        _partitions = [.. from.Select(offset => offset.Partition)];
        _time = time;
        _wake = wake;
        _problems = new FetchProblems(topic, time, logger);
        _messages = (NativeMessage**)NativeMemory.Alloc(MessagesPerCall, (nuint)sizeof(NativeMessage*));
        _self = GCHandle.Alloc(this);
        _topicHandle = NativeMethods.TopicNew(client.Client, topic, 0);
        _queue = NativeMethods.QueueNew(client.Client);
        NativeMethods.QueueOnEvent(_queue, &OnQueueFilled, GCHandle.ToIntPtr(_self));
        long now = time.GetTimestamp();
        _watched = [.. _partitions.Select(partition => new WatchedPartition(topic, partition, now, wake))];
        client.Cluster.AddPartitions(_watched);
        client.Cluster.Watch();
        client.Replaced += wake;
        foreach (KafkaOffset offset in from)
        {
            if (NativeMethods.ConsumeStart(_topicHandle, offset.Partition, offset.Offset, _queue) != 0)
            {
                _problems.Report(offset.Partition, offset.Offset, NativeMethods.LastError(), "the fetch could not be started");
            }
        }
    }

    public bool IsTopicReplaced => _client.IsReplaced(_topic);

    public unsafe bool Poll<THandler>(ref THandler handler)
        where THandler : struct, IKafkaRecordHandler, allows ref struct
    {
        // The reader is drained only if this very call has found the queue empty: the wake for older records may be consumed already.
        bool isEmpty = false;
        if (_next == _count)
        {
            _next = 0;
            nint count = NativeMethods.ConsumeBatch(_queue, 0, _messages, MessagesPerCall);
            _count = count > 0 ? (int)count : 0;
            isEmpty = _count < MessagesPerCall;
            if (IsTopicReplaced)
            {
                // Checked after the records were taken: only now it is certain whether any of them may belong to the new topic.
                DestroyMessages();
                return true;
            }
        }

        if (!HandleMessages(ref handler) || !isEmpty)
        {
            return false;
        }

        HandleEndOffsets(ref handler);
        return true;
    }

    public unsafe long? KnownEnd(int partition)
    {
        int index = Array.IndexOf(_partitions, partition);
        if (index < 0)
        {
            return null;
        }

        // Each fetch tells the high watermark. While the queue is full there are none; then the monitor asks.
        long low;
        long high;
        bool isKnown = NativeMethods.KnownWatermarks(_client.Client, _topic, partition, &low, &high) == NativeError.None && high >= 0;
        return _watched[index].LastEnd is { } asked ? Math.Max(asked, isKnown ? high : 0) : isKnown ? high : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _client.Cluster.RemovePartitions(_watched);
        _client.Replaced -= _wake;
        await Task.Factory.StartNew(Close, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        _client.Unclaim(_topic, _partitions);
        await _pool.ReturnAsync(_client).ConfigureAwait(false);
    }

    private unsafe bool HandleMessages<THandler>(ref THandler handler)
        where THandler : struct, IKafkaRecordHandler, allows ref struct
    {
        bool continues = true;
        int partition = -1;
        while (_next < _count && continues)
        {
            NativeMessage* message = _messages[_next++];
            if (message->Error == NativeError.None)
            {
                if (message->Partition != partition)
                {
                    partition = message->Partition;
                    MarkActive(partition);
                }

                continues = HandleRecord(ref handler, message);
            }
            else
            {
                HandleOther(ref handler, message);
            }

            NativeMethods.MessageDestroy(message);
        }

        return continues;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe bool HandleRecord<THandler>(ref THandler handler, NativeMessage* message)
        where THandler : struct, IKafkaRecordHandler, allows ref struct
    {
        int kind;
        long timestamp = NativeMethods.MessageTimestamp(message, &kind);
        SourceRecord record = new(
            new ReadOnlySpan<byte>(message->Key, (int)message->KeyLength),
            new ReadOnlySpan<byte>(message->Payload, (int)message->Length),
            message->Payload != null,
            timestamp < 0 ? EventTime.MinValue : new EventTime(timestamp),
            new RecordPosition(message->Partition, message->Offset))
        {
            Headers = new RecordHeaders(NativeHeaders.Reader.Instance, (nint)message, default),
        };
        return handler.OnRecord(record);
    }

    private unsafe void HandleOther<THandler>(ref THandler handler, NativeMessage* message)
        where THandler : struct, IKafkaRecordHandler, allows ref struct
    {
        switch (message->Error)
        {
            case NativeError.PartitionEnd:
                handler.OnPartitionEof(message->Partition, message->Offset);
                break;
            case NativeError.BadMessage or NativeError.NotImplemented when message->Offset >= 0:
                string problem = NativeMethods.Text(message->Payload);
                _problems.ReportUnreadable(message->Partition, message->Offset, problem);
                handler.OnUnreadable(message->Partition, message->Offset, problem);
                break;
            default:
                _problems.Report(message->Partition, message->Offset, message->Error, NativeMethods.Text(message->Payload));
                break;
        }
    }

    private void HandleEndOffsets<THandler>(ref THandler handler)
        where THandler : struct, IKafkaRecordHandler, allows ref struct
    {
        foreach (WatchedPartition partition in _watched)
        {
            if (partition.TryTakeEndOffset(out long end, out EventTime askedAt))
            {
                handler.OnEndOffset(partition.Partition, end, askedAt);
            }
        }
    }

    // Called once per run of records of one partition.
    private void MarkActive(int partition)
    {
        int index = Array.IndexOf(_partitions, partition);
        if (index >= 0)
        {
            _watched[index].LastRecord = _time.GetTimestamp();
        }
    }

    private unsafe void Close()
    {
        NativeMethods.QueueOnEvent(_queue, null, 0);
        foreach (int partition in _partitions)
        {
            NativeMethods.ConsumeStop(_topicHandle, partition);
        }

        DestroyMessages();
        NativeMethods.QueueDestroy(_queue);
        NativeMethods.TopicDestroy(_topicHandle);
        NativeMemory.Free(_messages);
        _self.Free();
    }

    private unsafe void DestroyMessages()
    {
        while (_next < _count)
        {
            NativeMethods.MessageDestroy(_messages[_next++]);
        }
    }

    // Called while librdkafka holds the queue's lock, so it must not use the queue.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnQueueFilled(nint client, nint self)
    {
        if (GCHandle.FromIntPtr(self).Target is LibrdkafkaReader reader)
        {
            reader._wake();
        }
    }
}
