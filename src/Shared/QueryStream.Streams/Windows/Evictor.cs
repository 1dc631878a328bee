namespace QueryStream.Streams.Windows;

/// <summary>
/// Takes rows out of a window when it gives a result, before or after that. They are gone for good. Stateless: one instance a subtask, for many
/// keys and windows. Windows with an evictor keep their rows. In turns of its task.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class Evictor<T>
{
    /// <summary>Called before the result is made: of the rows that it leaves.</summary>
    public virtual void Before(WindowRows<T> rows, Window window)
    {
    }

    /// <summary>Called after the result was made.</summary>
    public virtual void After(WindowRows<T> rows, Window window)
    {
    }
}
