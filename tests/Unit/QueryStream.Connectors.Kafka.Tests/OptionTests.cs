using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.Tests;

public sealed class OptionTests
{
    private static readonly KafkaSourceOptions Valid = new() { BootstrapServers = "a:1,b:65535", Topic = "user-queries" };

    [Fact]
    public void Options_within_the_rules_pass() => Assert.Equal(Valid, Valid.Validate("queries"));

    [Fact]
    public void Without_a_topic_the_name_is_the_topic() => Assert.Equal("queries", (Valid with { Topic = "" }).Validate("queries").Topic);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData(":9092")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("a:1,b")]
    public void An_address_needs_host_and_port(string address) => AssertRefused(Valid with { BootstrapServers = address }, "HOST:PORT");

    [Theory]
    [InlineData("..")]
    [InlineData("học-phí")]
    [InlineData("a b")]
    public void A_topic_needs_a_name_that_kafka_allows(string topic) => AssertRefused(Valid with { Topic = topic }, "topic name");

    [Theory]
    [InlineData("group.id")]
    [InlineData("enable.auto.commit")]
    [InlineData("message.timeout.ms")]
    public void A_property_that_a_promise_rests_on_cannot_be_set(string property) =>
        AssertRefused(Valid with { Properties = new Dictionary<string, string> { [property] = "x" } }, property);

    [Fact]
    public void A_largest_record_of_nothing_is_refused() => AssertRefused(Valid with { MaxRecordBytes = 0 }, "MaxRecordBytes");

    [Fact]
    public void Starting_from_a_group_needs_its_name() => AssertRefused(Valid with { Start = KafkaStart.Group }, "GroupId");

    [Fact]
    public void Options_of_exactly_once_delivery_are_checked()
    {
        KafkaSinkOptions valid = new() { Delivery = DeliveryGuarantee.ExactlyOnce };
        Assert.Equal("rows", valid.Validate("rows").Topic);
        AssertRefused(valid with { Delivery = (DeliveryGuarantee)2 }, "AtLeastOnce or ExactlyOnce");
        AssertRefused(valid with { TransactionalIdPrefix = " " }, "TransactionalIdPrefix");
        AssertRefused(valid with { TransactionTimeout = TimeSpan.FromMilliseconds(999) }, "TransactionTimeout is 999ms; it must be from 1s to 7d");
        AssertRefused(valid with { MaxUncommittedBytes = 1023 }, "MaxUncommittedBytes is 1023");
        AssertRefused(valid with { Properties = new Dictionary<string, string> { ["transactional.id"] = "x" } }, "set Delivery");
    }

    [Fact]
    public void Connections_are_equal_by_what_they_connect_to()
    {
        KafkaConnection connection = new("a:1", "g", new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" });

        Assert.Equal(connection, new KafkaConnection("a:1", "g", new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" }));
        Assert.NotEqual(connection, new KafkaConnection("a:1", "h", connection.Properties));
        Assert.NotEqual(connection, new KafkaConnection("a:1", "g", new Dictionary<string, string> { ["x"] = "1" }));
        Assert.DoesNotContain("2", connection.ToString(), StringComparison.Ordinal);
    }

    private static void AssertRefused(KafkaSourceOptions options, string named) => AssertRefused(() => options.Validate("queries"), named);

    private static void AssertRefused(KafkaSinkOptions options, string named) => AssertRefused(() => options.Validate("queries"), named);

    private static void AssertRefused(Func<object> validate, string named)
    {
        JobDefinitionException error = Assert.Throws<JobDefinitionException>(validate);

        Assert.Contains("'queries'", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }
}
