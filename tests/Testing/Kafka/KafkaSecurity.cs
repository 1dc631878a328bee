namespace QueryStream.Testing.Kafka;

/// <summary>Configures a broker that requires TLS and a password, by PLAIN or SCRAM-SHA-256.</summary>
/// <param name="Authority">Signs its certificate.</param>
/// <param name="User">The user, which the broker also uses for its own connections.</param>
/// <param name="Password">The user's password.</param>
public sealed record KafkaSecurity(TestAuthority Authority, string User, string Password)
{
    private const string Login = "org.apache.kafka.common.security";

    /// <summary>Writes the broker's keys to its data folder.</summary>
    /// <returns>The lines of its configuration that require TLS and the password.</returns>
    internal string Write(string folder)
    {
        string keys = Path.Combine(folder, "keys.pem");
        string trusted = Path.Combine(folder, "trusted.pem");
        File.WriteAllText(keys, Authority.IssueServerPem());
        File.WriteAllText(trusted, Authority.CertificatePem);
        return $"""
            sasl.mechanism.inter.broker.protocol=PLAIN
            sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256
            listener.name.sasl_ssl.plain.sasl.jaas.config={Login}.plain.PlainLoginModule required username="{User}" password="{Password}" user_{User}="{Password}";
            listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config={Login}.scram.ScramLoginModule required;
            ssl.keystore.type=PEM
            ssl.keystore.location={keys}
            ssl.truststore.type=PEM
            ssl.truststore.location={trusted}
            """;
    }

    /// <summary>The arguments of Kafka's StorageTool that create the user.</summary>
    internal string[] FormatArguments() => ["--add-scram", $"SCRAM-SHA-256=[name={User},password={Password}]"];
}
