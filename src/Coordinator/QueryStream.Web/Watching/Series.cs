namespace QueryStream.Web.Watching;

/// <summary>The last values of a figure, one a second. Missing ones are NaN. Used by one thread; what it hands out is a copy.</summary>
/// <param name="capacity">How many are kept.</param>
internal sealed class Series(int capacity)
{
    /// <summary>Five minutes.</summary>
    public const int DefaultCapacity = 300;

    private readonly double[] _values = new double[capacity];
    private int _count;
    private int _next;

    /// <summary>Adds a value; null is a gap.</summary>
    public void Add(double? value)
    {
        _values[_next] = value ?? double.NaN;
        _next = (_next + 1) % _values.Length;
        _count = Math.Min(_count + 1, _values.Length);
    }

    /// <summary>The values, the oldest first.</summary>
    public double[] ToArray()
    {
        double[] copy = new double[_count];
        for (int i = 0; i < _count; i++)
        {
            copy[i] = _values[(_next - _count + i + _values.Length) % _values.Length];
        }

        return copy;
    }
}
