pytest_plugins = ["tests.plugin", "tests.cast", "tests.statements"]
