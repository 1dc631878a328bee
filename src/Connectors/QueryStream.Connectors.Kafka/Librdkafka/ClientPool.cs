namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>Shares clients by reference counting. Thread-safe.</summary>
internal sealed class ClientPool<TClient>
    where TClient : class, IAsyncDisposable
{
    // Guards the list and the counts: a client is either in the list with a count above 0, or being closed by the caller that removed it.
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Returns a matching client, or creates one. Each must be returned once.</summary>
    /// <param name="matches">
    /// Whether the caller can share a client. May also reserve what the caller needs of it. Called under the pool's lock.
    /// </param>
    /// <param name="create">Creates a matching client.</param>
    public TClient Rent(Func<TClient, bool> matches, Func<TClient> create)
    {
        lock (_lock)
        {
            Entry? entry = _entries.Find(e => matches(e.Client));
            if (entry is null)
            {
                TClient client = create();
                matches(client);
                entry = new Entry(client);
                _entries.Add(entry);
            }

            entry.Users++;
            return entry.Client;
        }
    }

    /// <summary>Releases a client; the last release closes it.</summary>
    public ValueTask ReturnAsync(TClient client)
    {
        lock (_lock)
        {
            int index = _entries.FindIndex(e => e.Client == client);
            if (--_entries[index].Users > 0)
            {
                return ValueTask.CompletedTask;
            }

            _entries.RemoveAt(index);
        }

        return client.DisposeAsync();
    }

    private sealed class Entry(TClient client)
    {
        public TClient Client { get; } = client;

        public int Users { get; set; }
    }
}
