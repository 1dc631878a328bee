using System.Text;
using QueryStream.Core.Texts;

namespace QueryStream.Connectors.Redis;

/// <summary>A value in <see cref="InMemoryRedis"/>.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">The value.</param>
/// <param name="WrittenAt">When it was last written.</param>
/// <param name="ExpiresAt">When it expires.</param>
public sealed record RedisEntry(Text Key, Text Value, DateTimeOffset WrittenAt, DateTimeOffset ExpiresAt);

/// <summary>
/// An in-memory Redis server for the Redis sink, with fenced flushes, values with a time to live, and messages. One instance is one server,
/// whatever the address. When it is full, it removes the values that were written longest ago. Thread-safe.
/// </summary>
public sealed class InMemoryRedis : IRedisConnections
{
    private readonly TimeProvider _time;
    private readonly int _maxKeys;
    private readonly long _maxBytes;

    // Guards all fields below. A flush holds it from its fence check to its last message, so it is atomic.
    // The list holds the values of the index in the order of their last writes.
    private readonly Lock _lock = new();
    private readonly Dictionary<Text, LinkedListNode<RedisEntry>> _index = [];
    private readonly LinkedList<RedisEntry> _byAge = new();

    // Never shrink: one entry for each subtask of a sink that has ever written, and one for each sink.
    private readonly Dictionary<RedisFence, (int Attempt, long Number)> _fences = [];
    private readonly Dictionary<(string Key, string Field), int> _regions = [];
    private readonly List<RedisSubscription> _subscriptions = [];
    private long _bytes;
    private long _writes;

    /// <summary>Creates an empty store.</summary>
    /// <param name="time">The clock for expiry.</param>
    /// <param name="maxKeys">The maximum number of values, 1 or more.</param>
    /// <param name="maxBytes">The maximum bytes of keys and values, 1 or more. The newest value is always kept.</param>
    public InMemoryRedis(TimeProvider time, int maxKeys = 100_000, long maxBytes = 64 * 1024 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxKeys);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        _time = time;
        _maxKeys = maxKeys;
        _maxBytes = maxBytes;
    }

    /// <summary>The number of values that have not expired.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                DateTimeOffset now = _time.GetUtcNow();
                return _byAge.Count(entry => entry.ExpiresAt > now);
            }
        }
    }

    /// <summary>The number of writes and deletes so far.</summary>
    public long Writes
    {
        get
        {
            lock (_lock)
            {
                return _writes;
            }
        }
    }

    /// <summary>The value of a key; null if there is none or it has expired.</summary>
    public RedisEntry? Find(Text key)
    {
        lock (_lock)
        {
            return _index.TryGetValue(key, out LinkedListNode<RedisEntry>? node) && node.Value.ExpiresAt > _time.GetUtcNow() ? node.Value : null;
        }
    }

    /// <summary>The most recently written values, newest first.</summary>
    /// <param name="count">The maximum number of values.</param>
    /// <param name="keyPrefix">Only keys with this prefix; empty: all.</param>
    public IReadOnlyList<RedisEntry> Newest(int count, string keyPrefix = "")
    {
        byte[] prefix = Encoding.UTF8.GetBytes(keyPrefix);
        List<RedisEntry> newest = [];
        lock (_lock)
        {
            DateTimeOffset now = _time.GetUtcNow();
            for (LinkedListNode<RedisEntry>? node = _byAge.Last; node is not null && newest.Count < count; node = node.Previous)
            {
                if (node.Value.ExpiresAt > now && node.Value.Key.Bytes.StartsWith(prefix))
                {
                    newest.Add(node.Value);
                }
            }
        }

        return newest;
    }

    /// <summary>Subscribes to a channel.</summary>
    /// <param name="channel">Its name.</param>
    /// <param name="capacity">The number of unread messages at which the subscription is ended.</param>
    public RedisSubscription Subscribe(string channel, int capacity = 65_536)
    {
        RedisSubscription subscription = new(channel, capacity, End);
        lock (_lock)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    /// <inheritdoc/>
    public IRedisConnection Acquire(RedisAddress address) => new Connection(this);

    private void End(RedisSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }

    private RedisReply Execute(RedisFlush flush)
    {
        lock (_lock)
        {
            (int Attempt, long Number) last = _fences.TryGetValue(flush.Fence, out (int Attempt, long Number) stored) ? stored : (-1, -1);
            (string Key, string Field) sink = (flush.Fence.Key, flush.Fence.RegionField);
            int region = _regions.GetValueOrDefault(sink, -1);
            if (flush.Region.Number < region)
            {
                return new RedisReply.Refused(region, -1);
            }

            int attempt = flush.Attempt.Number;
            bool isAccepted = flush.IsChained
                ? attempt == last.Attempt && flush.Number == last.Number + 1
                : attempt > last.Attempt || (attempt == last.Attempt && flush.Number > last.Number);
            if (!isAccepted)
            {
                return new RedisReply.Refused(last.Attempt, last.Number);
            }

            _fences[flush.Fence] = (attempt, flush.Number);
            _regions[sink] = flush.Region.Number;
            string channel = Encoding.UTF8.GetString(flush.Channel);
            DateTimeOffset now = _time.GetUtcNow();
            foreach (RedisRow row in flush.Rows)
            {
                Store(row, now, flush.Ttl);
                if (row.Message is not null && channel.Length > 0)
                {
                    Publish(channel, row.Message);
                }
            }

            RemoveExpired(now);
            RemoveSurplus();
            return RedisReply.Written.Instance;
        }
    }

    private void Store(RedisRow row, DateTimeOffset now, TimeSpan ttl)
    {
        Text key = Text.From(row.Key.AsSpan());
        if (_index.TryGetValue(key, out LinkedListNode<RedisEntry>? old))
        {
            Remove(old);
        }

        _writes++;
        if (row.Value is null)
        {
            return;
        }

        RedisEntry entry = new(key, Text.From(row.Value.AsSpan()), now, now + ttl);
        _index.Add(key, _byAge.AddLast(entry));
        _bytes += SizeOf(entry);
    }

    private void Publish(string channel, byte[] message)
    {
        for (int i = _subscriptions.Count - 1; i >= 0; i--)
        {
            if (_subscriptions[i].ChannelName == channel && !_subscriptions[i].Publish(Text.From(message.AsSpan())))
            {
                _subscriptions.RemoveAt(i);
            }
        }
    }

    // Removes in the order of writes. A value that expires before an older one is hidden from readers until that one is removed.
    private void RemoveExpired(DateTimeOffset now)
    {
        while (_byAge.First is { } oldest && oldest.Value.ExpiresAt <= now)
        {
            Remove(oldest);
        }
    }

    private void RemoveSurplus()
    {
        while (_index.Count > _maxKeys || (_bytes > _maxBytes && _index.Count > 1))
        {
            Remove(_byAge.First!);
        }
    }

    private void Remove(LinkedListNode<RedisEntry> node)
    {
        _byAge.Remove(node);
        _index.Remove(node.Value.Key);
        _bytes -= SizeOf(node.Value);
    }

    private static long SizeOf(RedisEntry entry) => entry.Key.ByteLength + entry.Value.ByteLength;

    private sealed class Connection(InMemoryRedis store) : IRedisConnection
    {
        public Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken) =>
            cancellationToken.IsCancellationRequested ? Task.FromCanceled<RedisReply>(cancellationToken) : Task.FromResult(store.Execute(flush));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
