namespace QueryStream.Streams;

/// <summary>Makes any number of rows of one.</summary>
/// <typeparam name="TIn">The row that comes.</typeparam>
/// <typeparam name="TOut">The rows that go.</typeparam>
/// <param name="row">The row.</param>
/// <param name="emit">Takes the rows; they get the event time of <paramref name="row"/>. Valid for the call.</param>
public delegate void FlatMapFunction<TIn, TOut>(TIn row, Action<TOut> emit);
