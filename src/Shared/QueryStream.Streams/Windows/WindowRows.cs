using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>The rows of a window, in order of event time, and those of one time in order of arrival. Valid during the call only.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class WindowRows<T>
{
    /// <summary>The number of rows.</summary>
    public int Count => Rows.Length;

    /// <summary>The rows.</summary>
    public abstract ReadOnlySpan<T> Rows { get; }

    /// <summary>Their event times.</summary>
    public abstract ReadOnlySpan<EventTime> Times { get; }

    /// <summary>Takes out the rows that a condition holds for. Of evictors only.</summary>
    /// <exception cref="InvalidOperationException">A window function called it.</exception>
    public abstract void RemoveWhere(Func<T, EventTime, bool> condition);

    /// <summary>Takes out the earliest rows until so many are left. Of evictors only.</summary>
    /// <exception cref="InvalidOperationException">A window function called it.</exception>
    public void KeepLast(int count)
    {
        int left = Count;
        RemoveWhere((_, _) => left-- > count);
    }
}
