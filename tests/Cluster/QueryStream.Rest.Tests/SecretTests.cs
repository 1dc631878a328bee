namespace QueryStream.Rest.Tests;

/// <summary>What is never shown of settings, by REST or by pages.</summary>
public sealed class SecretTests
{
    [Theory]
    [InlineData("sasl.password", "x", "******")]
    [InlineData("s3.access-key", "x", "******")]
    [InlineData("accessKey", "x", "******")]
    [InlineData("ssl.key.pem", "x", "******")]
    [InlineData("db", "Server=a;Password=x y;Pwd = z", "Server=a;Password=******;Pwd=******")]
    [InlineData("redis", "redis://user:pw@host:6379", "redis://******@host:6379")]
    [InlineData("redis", "redis://host:6379", "redis://host:6379")]
    [InlineData("lines", "100", "100")]
    public void Secrets_among_settings_are_hidden(string name, string value, string shown) =>
        Assert.Equal(shown, EffectiveSettings.Shown(name, value));
}
