using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// Collects records in a batch and passes it to librdkafka in one call, which copies them. Counts the records in flight of this producer, and
/// limits them by <see cref="IsFull"/>.
/// </summary>
internal sealed class LibrdkafkaProducer : IKafkaProducer
{
    private const int CopyFlag = 0x2;
    private const int CopyAndPartition = CopyFlag | 0x8;
    private const int PacketRecords = 512;
    private const int PacketBytes = 256 * 1024;
    private const long FullBytes = 8 * 1024 * 1024;
    private const long FullRecords = 50_000;

    private readonly ClientPool<ProduceClient> _pool;
    private readonly ProduceClient _client;
    private readonly string _topic;
    private readonly IKafkaProducerListener _listener;
    private readonly nint _topicHandle;
    private readonly nint _id;
    private readonly unsafe NativeMessage* _messages;
    private byte[] _packet = GC.AllocateUninitializedArray<byte>(PacketBytes, pinned: true);
    private int _packetLength;
    private int _count;
    private bool _isDisposed;

    // Increased by the owner, decreased on the thread of delivery reports.
    private long _unacknowledged;
    private long _bytes;
    private volatile TaskCompletionSource? _flush;

    // Set by the owner before its first record with headers is sent. Until then delivery reports skip counting headers.
    private volatile bool _hasHeaders;

    public unsafe LibrdkafkaProducer(ClientPool<ProduceClient> pool, ProduceClient client, string topic, IKafkaProducerListener listener)
    {
        _pool = pool;
        _client = client;
        _topic = topic;
        _listener = listener;
        _topicHandle = NativeMethods.TopicNew(client.Client, topic, 0);
        _messages = (NativeMessage*)NativeMemory.AllocZeroed(PacketRecords, (nuint)sizeof(NativeMessage));
        _id = client.Register(this);
    }

    public bool IsFull => Volatile.Read(ref _bytes) >= FullBytes || Volatile.Read(ref _unacknowledged) >= FullRecords;

    /// <summary>Whether librdkafka has refused a record at once. It counts such a record as in flight until the client is closed.</summary>
    public bool HasUnqueued { get; private set; }

    public long Unacknowledged => Volatile.Read(ref _unacknowledged);

    public unsafe void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue, int partition, EventTime? timestamp)
    {
        if (timestamp is { } time)
        {
            SendOne(new NativeRecord(key, value, hasValue) { Partition = partition, Time = time.Milliseconds });
            return;
        }

        int size = key.Length + value.Length;
        if (_count == PacketRecords || _packetLength + size > _packet.Length)
        {
            Send();
            Grow(size);
        }

        byte* place = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_packet)) + _packetLength;
        key.CopyTo(new Span<byte>(place, key.Length));
        value.CopyTo(new Span<byte>(place + key.Length, value.Length));
        _messages[_count++] = new NativeMessage
        {
            Partition = partition,
            Key = key.Length > 0 ? place : null,
            KeyLength = (nuint)key.Length,
            Payload = hasValue ? place + key.Length : null,
            Length = (nuint)(hasValue ? value.Length : 0),
            Private = _id,
        };
        _packetLength += size;
    }

    public void Add(KafkaRecordBuilder record)
    {
        int partition = record.Partition ?? IKafkaProducer.AnyPartition;
        if (record.WrittenHeaders.IsEmpty)
        {
            Add(record.WrittenKey, record.WrittenValue, !record.IsTombstone, partition, record.Timestamp);
            return;
        }

        _hasHeaders = true;
        SendOne(new NativeRecord(record.WrittenKey, record.WrittenValue, !record.IsTombstone)
        {
            Partition = partition,
            Time = record.Timestamp?.Milliseconds ?? 0,
            Headers = NativeHeaders.Create(record.Headers),
            HeaderBytes = NativeHeaders.SizeOf(record.Headers),
        });
    }

    public unsafe void Send()
    {
        if (_count == 0)
        {
            return;
        }

        // Counted before the call: delivery reports may arrive at once.
        Interlocked.Add(ref _unacknowledged, _count);
        Interlocked.Add(ref _bytes, _packetLength);
        if (NativeMethods.ProduceBatch(_topicHandle, IKafkaProducer.AnyPartition, CopyAndPartition, _messages, _count) < _count)
        {
            HasUnqueued = true;
            for (int i = 0; i < _count; i++)
            {
                if (_messages[i].Error != NativeError.None)
                {
                    Settle(1, (long)(_messages[i].KeyLength + _messages[i].Length));
                    OnFailed(&_messages[i]);
                }
            }
        }

        _count = 0;
        _packetLength = 0;
    }

    /// <summary>Drops the records that were added and not sent.</summary>
    public void Discard()
    {
        _count = 0;
        _packetLength = 0;
    }

    // rd_kafka_produce_batch takes no timestamps or headers, so the record is sent alone, after those that were added before it.
    private unsafe void SendOne(in NativeRecord record)
    {
        Send();
        int size = record.Key.Length + record.Value.Length + record.HeaderBytes;
        Interlocked.Increment(ref _unacknowledged);
        Interlocked.Add(ref _bytes, size);
        NativeError error;
        fixed (byte* key = record.Key, value = record.Value)
        {
            // The pointer of an empty value must not be null, which means no value.
            byte empty = 0;
            byte* bytes = !record.HasValue ? null : record.Value.IsEmpty ? &empty : value;
            NativeField* fields = stackalloc NativeField[]
            {
                new() { Kind = NativeFieldKind.Topic, Pointer = (void*)_topicHandle },
                new() { Kind = NativeFieldKind.Partition, Number = (uint)record.Partition },
                new() { Kind = NativeFieldKind.Flags, Number = CopyFlag },
                new() { Kind = NativeFieldKind.Key, Pointer = key, Length = (nuint)record.Key.Length },
                new() { Kind = NativeFieldKind.Value, Pointer = bytes, Length = (nuint)record.Value.Length },
                new() { Kind = NativeFieldKind.Timestamp, Number = record.Time },
                new() { Kind = NativeFieldKind.Opaque, Pointer = (void*)_id },
                new() { Kind = NativeFieldKind.Headers, Pointer = (void*)record.Headers },
            };
            error = NativeMethods.TryProduce(_client.Client, fields, record.Headers == 0 ? 7 : 8);
        }

        if (error != NativeError.None)
        {
            // librdkafka owns the headers only if it accepts the record.
            if (record.Headers != 0)
            {
                NativeMethods.HeadersDestroy(record.Headers);
            }

            Settle(1, size);
            OnFailed(size, error);
        }
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        Send();
        TaskCompletionSource flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _flush = flushed;
        if (Unacknowledged > 0)
        {
            await flushed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        _flush = null;
    }

    /// <summary>Reports a refused record, or the end of the client's session.</summary>
    public void OnRefused(ServiceRefusedException reason) => _listener.OnRefused(reason);

    /// <summary>Handles delivery reports of this producer's records.</summary>
    public unsafe void OnDelivered(NativeMessage** messages, int count)
    {
        long bytes = 0;
        int acknowledged = 0;
        for (int i = 0; i < count; i++)
        {
            NativeMessage* message = messages[i];
            bytes += (long)(message->KeyLength + message->Length) + (_hasHeaders ? HeaderBytesOf(message) : 0);
            if (message->Error == NativeError.None)
            {
                acknowledged++;
            }
            else
            {
                OnFailed(message);
            }
        }

        Settle(count, bytes);
        if (acknowledged > 0)
        {
            _listener.OnAcknowledged(acknowledged);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _client.Unregister(_id);
        Free();
        await _pool.ReturnAsync(_client).ConfigureAwait(false);
    }

    private static unsafe int HeaderBytesOf(NativeMessage* message) => NativeHeaders.SizeOf((nint)message);

    private unsafe void Free()
    {
        NativeMethods.TopicDestroy(_topicHandle);
        NativeMemory.Free(_messages);
    }

    private void Settle(long records, long bytes)
    {
        Interlocked.Add(ref _bytes, -bytes);
        if (Interlocked.Add(ref _unacknowledged, -records) == 0)
        {
            _flush?.TrySetResult();
        }
    }

    // A record larger than the buffer gets a buffer of its own size; the next batch returns to the usual size.
    private void Grow(int size)
    {
        if (size > PacketBytes || _packet.Length > PacketBytes)
        {
            _packet = GC.AllocateUninitializedArray<byte>(Math.Max(size, PacketBytes), pinned: true);
        }
    }

    private unsafe void OnFailed(NativeMessage* message) => OnFailed((long)(message->KeyLength + message->Length), message->Error);

    private void OnFailed(long size, NativeError error)
    {
        // A record that is lost with its transaction is no refusal: the end of the transaction reports it.
        if (!_client.IsTransactional || !LibrdkafkaTransactionalProducer.EndsTransaction(error))
        {
            OnRefused(Refusal(size, error));
        }
    }

    private ServiceRefusedException Refusal(long size, NativeError error)
    {
        string problem = NativeMethods.Describe(error);
        return new ServiceRefusedException(
            "Kafka", $"Kafka refuses a record of {size} bytes for the topic '{_topic}' of {_client.Connection.BootstrapServers}: {problem}");
    }
}
