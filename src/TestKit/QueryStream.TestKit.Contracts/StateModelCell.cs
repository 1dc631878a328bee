using QueryStream.Streams.State;

namespace QueryStream.TestKit.Contracts;

/// <summary>When a state of the model is there, said as plainly as possible.</summary>
internal sealed class StateModelCell<T>(StateTtl? ttl, Func<T> nothing)
{
    private bool _isThere;
    private long _expiry;

    public T Content { get; private set; } = nothing();

    public bool Has(long now)
    {
        if (_isThere && ttl is not null && now >= _expiry)
        {
            Clear();
        }

        return _isThere;
    }

    public void Write(long now, Func<T, T> change)
    {
        if (!Has(now) || ttl is { RenewedByWrites: true })
        {
            _expiry = now + (long)(ttl?.Duration.TotalMilliseconds ?? 0);
        }

        _isThere = true;
        Content = change(Content);
    }

    public void Clear() => (_isThere, Content) = (false, nothing());
}
