using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Documentation.Tests.Examples;
using QueryStream.Streams;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Documentation.Tests;

#region job-test
public sealed class AverageTests
{
    private readonly HarnessSource<Order> _orders = new(splits: 2);
    private readonly HarnessSink<decimal> _distances = new();

    [Fact]
    public void An_order_is_compared_with_the_average_of_those_before()
    {
        using JobHarness job = new(Define, parallelism: 2);
        Push(customer: "an", price: 10, split: 0);
        Push(customer: "bao", price: 99, split: 1);
        job.Run();
        Assert.Empty(_distances.Rows);

        Push(customer: "an", price: 16, split: 1);
        job.Run();
        Assert.Equal([6], _distances.Take());
    }

    [Fact]
    public void The_averages_survive_a_change_of_the_parallelism()
    {
        HarnessSnapshot snapshot;
        using (JobHarness before = new(Define, parallelism: 1))
        {
            Push(customer: "an", price: 10, split: 0);
            before.Run();
            snapshot = before.Snapshot();
        }

        using JobHarness after = JobHarness.Restore(Define, snapshot, parallelism: 3);
        Push(customer: "an", price: 16, split: 0);
        after.Run();
        Assert.Equal([6], _distances.Take());
    }

    private void Define(StreamBuilder job) =>
        Averages.Define(job.Source("orders", _orders)).To("distances", _distances);

    private void Push(string customer, decimal price, int split) =>
        _orders.Push(new Order(1, Text.From(customer), Text.From("tea"), price, new EventTime(0)), time: 0, split);
}
#endregion
