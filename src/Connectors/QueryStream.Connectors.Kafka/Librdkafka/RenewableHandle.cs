namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// A client that can be replaced while requests use it; the old client is closed after its last request. Safe on any thread, except
/// <see cref="Close"/>.
/// </summary>
/// <param name="create">Creates a client.</param>
internal sealed class RenewableHandle(Func<ClientHandle> create)
{
    // Guards the current client and the counts.
    private readonly Lock _lock = new();
    private Leased _current = new(create());

    public NativeProblem LastProblem => Volatile.Read(ref _current).Handle.LastProblem;

    public void ClearLastProblem() => Volatile.Read(ref _current).Handle.ClearLastProblem();

    /// <summary>Runs a request, which blocks, on the current client.</summary>
    public T Use<T>(Func<nint, T> request)
    {
        Leased leased;
        lock (_lock)
        {
            leased = _current;
            leased.Users++;
        }

        try
        {
            return request(leased.Handle.Client);
        }
        finally
        {
            Release(leased);
        }
    }

    /// <summary>Replaces the client. Blocks until the old one is closed, unless requests still use it.</summary>
    /// <exception cref="Core.Errors.SettingException">A new client could not be created; the old one stays.</exception>
    public void Renew()
    {
        Leased next = new(create());
        Leased before;
        lock (_lock)
        {
            before = _current;
            before.Users++;
            before.IsRetired = true;
            _current = next;
        }

        Release(before);
    }

    /// <summary>Closes the client, which no request uses any more. Called once.</summary>
    public void Close() => _current.Handle.Close();

    private void Release(Leased leased)
    {
        bool isLast;
        lock (_lock)
        {
            isLast = --leased.Users == 0 && leased.IsRetired;
        }

        if (isLast)
        {
            leased.Handle.Close();
        }
    }

    private sealed class Leased(ClientHandle handle)
    {
        public ClientHandle Handle { get; } = handle;

        public int Users { get; set; }

        public bool IsRetired { get; set; }
    }
}
