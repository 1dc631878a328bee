using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Documentation.Tests.Examples;
using QueryStream.Streams;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Documentation.Tests;

/// <summary>Runs an example on orders and payments that a test pushes, in order of their times.</summary>
internal sealed class Shop
{
    public const long Second = 1_000;
    public const long Minute = 60 * Second;
    public const long Hour = 60 * Minute;

    private readonly HarnessSource<Order> _orders = new();
    private readonly HarnessSource<Payment> _payments = new();
    private long _id;

    /// <summary>An order; its number is that of the orders so far, from 1.</summary>
    public void Order(long at, string customer = "an", string article = "tea", decimal price = 1) =>
        _orders.Push(new Order(++_id, Text.From(customer), Text.From(article), price, new EventTime(at)), at);

    /// <summary>The same order once more.</summary>
    public void Repeat(long id) => _orders.Push(new Order(id, Text.From("an"), Text.From("tea"), 1, new EventTime(0)), 0);

    public void Pay(long order, long at, decimal amount = 1) => _payments.Push(new Payment(order, amount, new EventTime(at)), at);

    /// <summary>Runs a job to its end, and gives what one of its streams has had.</summary>
    public List<T> Run<T>(Func<Stream<Order>, Stream<T>> define, int parallelism = 1) => Run((orders, _) => define(orders), parallelism);

    /// <summary>Runs a job to its end, and gives what one of its streams has had.</summary>
    public List<T> Run<T>(Func<Stream<Order>, Stream<Payment>, Stream<T>> define, int parallelism = 1)
    {
        HarnessSink<T> sink = new();
        using JobHarness job = Start(define, sink, parallelism);
        End(job);
        return sink.Take();
    }

    /// <summary>Starts a job and leaves it running.</summary>
    public JobHarness Start<T>(Func<Stream<Order>, Stream<Payment>, Stream<T>> define, HarnessSink<T> sink, int parallelism = 1) => new(
        job => define(
                Windows.Times(job.Source("orders", _orders)),
                job.Source("payments", _payments).Watermarks(new WatermarkStrategy<Payment> { EventTimeOf = payment => payment.At }))
            .To("results", sink),
        parallelism);

    /// <summary>Ends the sources, and with them the job.</summary>
    public void End(JobHarness job)
    {
        _orders.EndAll();
        _payments.EndAll();
        job.Run();
        Assert.Null(job.Failure);
        Assert.True(job.IsFinished);
    }
}
