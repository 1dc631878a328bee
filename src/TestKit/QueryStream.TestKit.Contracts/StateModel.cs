using QueryStream.Core.Texts;
using QueryStream.Streams.State;
using Xunit;

namespace QueryStream.TestKit.Contracts;

/// <summary>The expected state of one key.</summary>
internal sealed class StateModelKey(StateTtl? ttl)
{
    private readonly StateModelCell<Text> _value = new(ttl, () => default);
    private readonly StateModelCell<List<long>> _list = new(ttl, () => []);
    private readonly StateModelCell<long> _sum = new(ttl, () => 0);
    private readonly Dictionary<Text, StateModelCell<long>> _map = [];

    public void Set(long now, Text value) => _value.Write(now, _ => value);

    public void ClearValue() => _value.Clear();

    public void Append(long now, long value) => _list.Write(now, list => [.. list, value]);

    public void Replace(long now, long[] values)
    {
        if (values.Length == 0)
        {
            _list.Clear();
        }
        else
        {
            _list.Write(now, _ => [.. values]);
        }
    }

    public void Put(long now, Text name, long value)
    {
        if (!_map.TryGetValue(name, out StateModelCell<long>? cell))
        {
            _map.Add(name, cell = new(ttl, () => 0));
        }

        cell.Write(now, _ => value);
    }

    public bool Remove(long now, Text name) => _map.Remove(name, out StateModelCell<long>? cell) && cell.Has(now);

    public void ClearMap() => _map.Clear();

    public void Sum(long now, long value) => _sum.Write(now, sum => sum + value);

    public void ClearSum() => _sum.Clear();

    public void AssertEquals(long now, StateTrialSubtask actual)
    {
        bool hasSum = _sum.Has(now);
        Assert.Equal((_value.Has(now), _value.Content), (actual.Value.HasValue, actual.Value.Value));
        Assert.Equal((hasSum, hasSum ? (long?)_sum.Content : null), (actual.Sum.HasValue, actual.Sum.Result));
        _list.Has(now);
        Assert.Equal(_list.Content, actual.List.Values.ToArray());
        Assert.Equal(_list.Content.Count, actual.List.Count);
        var expected = _map.Where(entry => entry.Value.Has(now)).Select(entry => (entry.Key, entry.Value.Content)).Order().ToArray();
        Assert.Equal(expected, actual.Map.Entries.Select(entry => (entry.Key, entry.Value)).Order());
        Assert.Equal(expected.Length, actual.Map.Count);
        foreach ((Text name, StateModelCell<long> cell) in _map)
        {
            Assert.Equal((cell.Has(now), cell.Content), (actual.Map.TryGet(name, out long value), value));
        }
    }
}

/// <summary>A state in the model, with its expiry.</summary>
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
